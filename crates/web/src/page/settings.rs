// SPDX-License-Identifier: EUPL-1.2
//! Being written.

use leptos::prelude::*;

pub fn settings() -> AnyView {
    ().into_any()
}
