// SPDX-License-Identifier: EUPL-1.2
//! The web messenger and the cockpit: draws what the worker's engine knows, and holds no key itself.

mod bridge;
mod cockpit;
mod file;
mod notice;
mod page;
mod part;
mod place;
mod release;
mod saying;
mod script;
mod setting;
mod state;
mod text;
mod time;
mod update;

fn main() {
    // a fault says in the console where it was; boot.js tells the person
    std::panic::set_hook(Box::new(|fault| leptos::logging::error!("{fault}")));
    leptos::mount::mount_to_body(page::root::root);
}
