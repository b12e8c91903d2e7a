// SPDX-License-Identifier: EUPL-1.2
//! Being written.

use leptos::prelude::*;

pub fn people() -> AnyView {
    ().into_any()
}
