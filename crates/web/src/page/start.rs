// SPDX-License-Identifier: EUPL-1.2
//! Before the list: choosing an account, waiting for approval, another tab, what can't go on.

use super::found;
use crate::{
    bridge,
    part::{
        art::{self, Capsule},
        field::{button, button_with},
        icon::{Icon, icon},
        live,
    },
    saying,
    state::{app, forget_choice},
    text::{t, tr, words},
};
use client_api::port::{AccountEntry, AccountKey, Dial, Forget, LinkView, ListAccounts, PortError, Which};
use leptos::{ev, html, prelude::*, task::spawn_local};

/// Which of the screens before the messenger.
#[derive(Clone, PartialEq)]
pub enum Start {
    Starting,
    Choose(Vec<AccountEntry>),
    OtherTab,
    Failed(PortError),
    Crashed,
    /// An empty account: an authority may be founded.
    Found,
    Founding,
    /// The root file is to be put away first.
    RootFile,
    Waiting,
    Refused,
    Revoked,
}

pub fn screen(start: Start) -> AnyView {
    let inner = match start {
        Start::Starting => starting(),
        Start::Choose(all) if all.is_empty() => welcome(),
        Start::Choose(all) => choose(all),
        Start::OtherTab => other_tab(),
        Start::Failed(error) => failed(error),
        Start::Crashed => crashed(),
        Start::Found => found::form(),
        Start::Founding => founding(),
        Start::RootFile => found::keep(),
        Start::Waiting => waiting(),
        Start::Refused => refused(),
        Start::Revoked => revoked(),
    };
    html::main().class("rp-enrol").child(html::div().class("rp-enrol__in").child((art::brand(), inner))).into_any()
}

/// A picture, a heading, a sentence, and what to do.
fn notice(
    capsule: Capsule,
    heading: impl Fn() -> String + Send + 'static,
    text: impl Fn() -> String + Send + 'static,
    acts: impl IntoView + 'static,
) -> AnyView {
    (
        html::div().class("rp-empty rp-empty--start").child((
            art::tube(capsule),
            html::h1().class("rp-h1").child(heading),
            html::p().child(text),
        )),
        html::div().class("rp-enrol__acts").child(acts),
    )
        .into_any()
}

const BIG: &str = "rp-btn--primary rp-btn--big rp-btn--block";
const QUIET: &str = "rp-btn--quiet rp-btn--block";

fn starting() -> AnyView {
    let status = html::div().class("rp-sr").attr("role", "status").child(html::h1().child(words("loading")));
    html::div().class("rp-starting").child((art::tube(Capsule::Travelling), status)).into_any()
}

fn welcome() -> AnyView {
    let app = app();
    let link = RwSignal::new(String::new());
    let enter = move || {
        let text = link.get_untracked().trim().to_owned();
        if !text.is_empty() {
            spawn_local(app.open(Some(Which::Link(client_api::Link(text))), false));
        }
    };
    let field = html::form()
        .class("rp-form")
        .on(ev::submit, move |event| {
            event.prevent_default();
            enter();
        })
        .child((
            crate::part::field::line("text", "start-link", link, || None),
            html::button().attr("type", "submit").class(format!("rp-btn {BIG}")).child(words("start-enter")),
        ));
    let begin = move || spawn_local(app.open(Some(Which::New), false));
    notice(
        Capsule::Ready,
        || t("start-welcome"),
        || t("start-welcome-text"),
        (field, button("start-found", QUIET, begin)),
    )
}

fn choose(all: Vec<AccountEntry>) -> AnyView {
    let app = app();
    let row = move |entry: AccountEntry| {
        let (name, authority) = entry.label.unwrap_or_else(|| (t("account-unnamed"), String::new()));
        let busy = entry.busy.then(|| html::span().class("rp-mini").child(words("account-busy")));
        let key = entry.key;
        html::li().child(
            html::button()
                .attr("type", "button")
                .class("rp-hit")
                .on(ev::click, move |_| spawn_local(app.open(Some(Which::Known(key.clone())), false)))
                .child((
                    crate::part::avatar::own(crate::part::avatar::Size::Usual),
                    html::div().child((html::b().child(name), html::small().child(authority))),
                    busy,
                )),
        )
    };
    let list = html::ul().class("rp-card rp-accounts").child(all.into_iter().map(row).collect::<Vec<_>>());
    (
        html::div().child((
            html::h1().class("rp-h1").child(words("accounts")),
            html::p().class("rp-muted").child(words("accounts-text")),
        )),
        list,
    )
        .into_any()
}

fn other_tab() -> AnyView {
    let app = app();
    let take = move || {
        if let Some(key) = chosen(app) {
            app.stage.set(crate::state::Stage::Starting);
            spawn_local(app.open(Some(Which::Known(key)), true));
        }
    };
    let hint = html::p().class("rp-sm rp-muted rp-center").child(words("other-tab-hint"));
    notice(Capsule::Travelling, || t("other-tab"), || t("other-tab-text"), (button("use-here", BIG, take), hint))
}

fn chosen(app: crate::state::App) -> Option<AccountKey> {
    match app.stage.get_untracked() {
        crate::state::Stage::OtherTab(key) => Some(key),
        _ => app.key.get_untracked(),
    }
}

fn reload() {
    let _ = window().location().reload();
}

fn failed(error: PortError) -> AnyView {
    let again = move || {
        forget_choice();
        reload();
    };
    notice(
        Capsule::Ready,
        || t("start-failed"),
        move || saying::explain(&error),
        button_with(Icon::Refresh, "try-again", BIG, again),
    )
}

fn crashed() -> AnyView {
    notice(Capsule::Ready, || t("crashed"), || t("crashed-text"), button_with(Icon::Refresh, "reload", BIG, reload))
}

/// Until the server has confirmed; it may also say no, e.g. because of a wrong setup code.
fn founding() -> AnyView {
    let app = app();
    let refused = Memo::new(move |_| app.status.with(|status| status.problem));
    let usual = link_text("founding-text");
    let text = move || refused.get().map_or_else(&usual, saying::reason);
    let acts = move || match refused.get() {
        Some(_) => button("start-over", BIG, forget_and_start_over),
        None => dial(),
    };
    notice(Capsule::Travelling, || t("founding"), text, acts)
}

fn waiting() -> AnyView {
    let app = app();
    let steps = html::ul().class("rp-checks").child((
        html::li().child((icon(Icon::Check), html::span().child(words("enrol-step-checked")))),
        html::li().class("todo").child((icon(Icon::Clock), html::span().child(words("enrol-step-approval")))),
    ));
    let close = html::p().class("rp-sm rp-muted rp-center").child(words("enrol-may-close"));
    let place = move || app.status.with(|status| status.server.clone().unwrap_or_default());
    let server = html::p()
        .class("rp-sm rp-muted rp-center")
        .child(live(move || tr("enrol-server", &[("server", place().into())])));
    (
        html::div().class("rp-path").child(
            html::div()
                .class("rp-tube")
                .attr("role", "progressbar")
                .attr("aria-valuenow", "2")
                .attr("aria-valuemin", "0")
                .attr("aria-valuemax", "3")
                .attr("aria-label", words("enrol-progress"))
                .child(html::i().class("rp-tube__two")),
        ),
        notice(
            Capsule::Travelling,
            || t("enrol-waiting"),
            link_text("enrol-waiting-text"),
            (steps, close, server, dial()),
        ),
    )
        .into_any()
}

/// The usual text, or why it does not move.
fn link_text(usual: &'static str) -> impl Fn() -> String + Send + 'static {
    let app = app();
    move || {
        if app.outage().is_some() { t("enrol-offline") } else { t(usual) }
    }
}

/// Dials at once where the server is not reached.
fn dial() -> AnyView {
    let app = app();
    live(move || {
        matches!(app.link.get(), LinkView::Down { .. }).then(|| {
            button_with(Icon::Refresh, "try-again", "rp-btn--block", || {
                spawn_local(async {
                    let _ = bridge::call(Dial {}).await;
                });
            })
        })
    })
}

fn forget_and_start_over() {
    spawn_local(async {
        let _ = bridge::call(Forget {}).await;
        forget_choice();
        reload();
    });
}

fn refused() -> AnyView {
    let app = app();
    let why = move || app.status.with(|status| status.problem).map_or_else(|| t("enrol-refused-text"), saying::reason);
    notice(Capsule::Ready, || t("enrol-refused"), why, button("start-over", BIG, forget_and_start_over))
}

/// The store is gone with its names, so the authority's is read from the list of accounts.
fn revoked() -> AnyView {
    let app = app();
    let authority = RwSignal::new(None::<String>);
    spawn_local(async move {
        let all = bridge::call(ListAccounts {}).await.unwrap_or_default();
        let own = all.into_iter().find(|entry| app.key.with_untracked(|key| key.as_ref() == Some(&entry.key)));
        let _ = authority.try_set(own.and_then(|entry| entry.label).map(|(_, authority)| authority));
    });
    let text = move || match authority.get() {
        Some(authority) => tr("revoked-text", &[("authority", authority.into())]),
        None => t("revoked-text-plain"),
    };
    notice(Capsule::Ready, || t("revoked"), text, button("start-over", BIG, forget_and_start_over))
}
