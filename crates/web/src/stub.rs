// SPDX-License-Identifier: EUPL-1.2
//! x
pub fn cockpit() -> leptos::prelude::AnyView { use leptos::prelude::*; ().into_any() }
