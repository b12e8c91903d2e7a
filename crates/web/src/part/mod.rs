// SPDX-License-Identifier: EUPL-1.2
//! Pieces several screens are made of.

pub mod art;
pub mod avatar;
pub mod count;
pub mod dialog;
pub mod field;
pub mod icon;
pub mod skeleton;
pub mod toast;

use leptos::prelude::*;

/// What is drawn anew when a signal it read changes. One type for all of them: what would be compiled for each closure
/// once more is half of the page.
pub fn live<V: IntoView + 'static>(mut draw: impl FnMut() -> V + Send + 'static) -> AnyView {
    let draw: Box<dyn FnMut() -> AnyView + Send> = Box::new(move || draw().into_any());
    draw.into_any()
}
