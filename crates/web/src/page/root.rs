// SPDX-License-Identifier: EUPL-1.2
//! The whole page: first what is needed to open an account, then the messenger.

use super::{conversation::Composers, palette, shell, start};
use crate::{
    notice,
    part::live,
    part::toast,
    setting,
    state::{App, Stage},
    update,
};
use client_api::{AccountState, Link, port::Which};
use leptos::{html, prelude::*, task::spawn_local};
use wasm_bindgen::JsValue;

/// How an invitation's fragment begins.
const INVITATION: &str = "#/einladung/";

pub fn root() -> AnyView {
    let link = take_link();
    follow_links();
    let app = App::start();
    setting::follow_system(app.settings);
    notice::title(app);
    notice::aloud(app);
    update::watch(app);
    Composers::provide(app);
    spawn_local(app.open(link.map(Which::Link), false));
    let screen = Memo::new(move |_| which(app));
    (
        move || match screen.get() {
            Screen::Messenger => shell::shell(),
            Screen::Start(start) => start::screen(start),
        },
        palette::palette(),
        toast::toasts(),
        html::div().class("rp-sr").attr("aria-live", "polite").child(live(move || app.spoken.get())),
    )
        .into_any()
}

/// What fills the page.
#[derive(Clone, PartialEq)]
enum Screen {
    Messenger,
    Start(start::Start),
}

fn which(app: App) -> Screen {
    use start::Start;
    Screen::Start(match app.stage.get() {
        Stage::Starting => Start::Starting,
        Stage::Choose(all) => Start::Choose(all),
        Stage::OtherTab(_) => Start::OtherTab,
        Stage::Failed(error) => Start::Failed(error),
        Stage::Crashed => Start::Crashed,
        Stage::Open if app.root_file.with(Option::is_some) => Start::RootFile,
        Stage::Open => match app.status.with(|status| status.account) {
            AccountState::Ready => return Screen::Messenger,
            AccountState::None => Start::Found,
            AccountState::Founding => Start::Founding,
            AccountState::Waiting => Start::Waiting,
            AccountState::Refused => Start::Refused,
            AccountState::Revoked => Start::Revoked,
        },
    })
}

/// A link entered while the page is open changes only the address: begin again with it.
fn follow_links() {
    let handle = window_event_listener_untyped("hashchange", |_| {
        if window().location().hash().is_ok_and(|hash| hash.starts_with(INVITATION)) {
            let _ = window().location().reload();
        }
    });
    on_cleanup(move || handle.remove());
}

/// Whoever has the link can become that person: it leaves the browser's bar and history before anything else happens.
fn take_link() -> Option<Link> {
    let location = window().location();
    let fragment = location.hash().ok().filter(|hash| hash.len() > 1)?;
    let href = location.href().ok()?;
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some("/"));
    }
    let is_invitation = fragment.starts_with(INVITATION);
    is_invitation.then_some(Link(href))
}
