// SPDX-License-Identifier: EUPL-1.2
//! Who may come in: devices that wait for a yes, how such are answered, and invitations not used yet.

use super::{
    Cockpit,
    fetch::{Fetch, Loaded, failed},
    give_back_focus, head, link, person, standing,
    table::{ACTIONS, PAGE, Span, cell, pager, row, table},
};
use crate::{
    bridge::{self, ask},
    part::{
        avatar,
        dialog::{self, Width},
        icon::{Icon, small},
        live, skeleton,
    },
    saying::Toast,
    state::App,
    text::{t, tr, words},
    time,
};
use client_api::{Approval, Command, InvitationView, Link, PendingView, Query, UserId, port::PortError};
use leptos::{ev, html, prelude::*, task::spawn_local};

const WAITING: &[&str] = &["admin-name", "admin-unit", "admin-since", ACTIONS];
const INVITED: &[&str] = &["admin-name", "admin-unit", "admin-valid", ACTIONS];

#[derive(Clone, Copy)]
struct Desk {
    cockpit: Cockpit,
    invitations: Fetch<Vec<InvitationView>>,
    page: RwSignal<usize>,
    /// Somebody is being let in, refused or invited anew.
    busy: RwSignal<bool>,
    rejecting: RwSignal<Option<PendingView>>,
    link: RwSignal<Option<(String, Link)>>,
}

pub fn pending(cockpit: Cockpit) -> AnyView {
    let desk = Desk {
        cockpit,
        invitations: Fetch::new(move || {
            cockpit.app.directory.track();
            invitations()
        }),
        page: RwSignal::new(0),
        busy: RwSignal::new(false),
        rejecting: RwSignal::new(None),
        link: RwSignal::new(None),
    };
    let sections = html::div().class("rp-desk").child((
        section("admin-waiting-heading", waiting(desk)),
        section("admin-approval", approval(cockpit.app)),
        section("admin-invitations", open_invitations(desk)),
    ));
    (
        head("admin-pending", || t("admin-pending-text"), ()),
        html::div().class("rp-scroll").child(sections),
        move || desk.rejecting.get().map(|one| reject(desk, one)),
        move || desk.link.get().map(|(name, link)| show_link(desk, name, link)),
    )
        .into_any()
}

fn section(heading: &'static str, content: AnyView) -> AnyView {
    html::section().child((html::h2().class("rp-h2").child(words(heading)), content)).into_any()
}

async fn invitations() -> Result<Vec<InvitationView>, PortError> {
    ask!(Query::Invitations, Invitations)
}

/// Skeleton, error, a sentence where nothing is, else what is drawn.
fn loaded<T: Send + Sync + 'static>(
    fetch: Fetch<Vec<T>>,
    none: &'static str,
    draw: impl Fn() -> AnyView + Send + 'static,
) -> AnyView {
    let kind = Memo::new(move |_| fetch.now.with(|now| now.map(Vec::is_empty)));
    live(move || match kind.get() {
        Loaded::Waiting => skeleton::rows(2),
        Loaded::Failed(error) => failed(error, move || fetch.retry()),
        Loaded::Here(true) => html::p()
            .class("rp-desk__none rp-muted")
            .child((small(Icon::Check), html::span().child(words(none))))
            .into_any(),
        Loaded::Here(false) => draw(),
    })
}

fn waiting(desk: Desk) -> AnyView {
    let pending = desk.cockpit.pending;
    loaded(pending, "admin-nobody-waits", move || {
        let rows = For(ForProps::builder()
            .each(move || pending.now.with(|now| now.here().cloned().unwrap_or_default()))
            .key(|one| (one.user, one.name.clone(), one.since))
            .children(move |one| waiting_row(desk, one))
            .build());
        table("admin-waiting-heading", "", WAITING, rows)
    })
}

fn who(user: UserId, name: String) -> AnyView {
    let picture = avatar::person(&user, &name, avatar::Size::Small);
    html::div().class("rp-who").child((picture, html::b().attr("dir", "auto").child(name))).into_any()
}

fn unit(unit: Option<String>) -> AnyView {
    html::span().attr("dir", "auto").child(unit.unwrap_or_else(|| "–".into())).into_any()
}

fn waiting_row(desk: Desk, one: PendingView) -> AnyView {
    let (user, since) = (one.user, one.since);
    let refuse = one.clone();
    let acts = html::div().class("rp-table__buttons").child((
        act(desk, "admin-approve", "rp-btn--primary", &one.name, move || approve(desk, user)),
        act(desk, "admin-reject", "rp-btn--line", &one.name, move || desk.rejecting.set(Some(refuse.clone()))),
    ));
    row((
        cell("admin-name", who(user, one.name.clone())),
        cell("admin-unit", unit(one.unit)),
        cell("admin-since", html::span().child(live(move || time::in_sentence(since)))),
        cell(ACTIONS, acts),
    ))
}

/// A button of a row; screen readers hear whom it is about.
fn act(desk: Desk, label: &'static str, class: &'static str, name: &str, act: impl Fn() + 'static) -> AnyView {
    let name = name.to_owned();
    html::button()
        .attr("type", "button")
        .class(format!("rp-btn {class}"))
        .attr("aria-label", move || tr("admin-act-on", &[("what", t(label).into()), ("name", name.as_str().into())]))
        .attr("aria-disabled", move || desk.busy.get().then_some("true"))
        .on(ev::click, move |_| {
            if !desk.busy.get_untracked() {
                act();
            }
        })
        .child(words(label))
        .into_any()
}

fn approve(desk: Desk, user: UserId) {
    tell(desk, Command::Approve(user), "admin-approved");
}

/// Tells the engine and says how it went.
fn tell(desk: Desk, command: Command, said: &'static str) {
    let app = desk.cockpit.app;
    desk.busy.set(true);
    spawn_local(async move {
        match bridge::tell(command).await {
            Ok(_) => app.say(Toast::done(said)),
            Err(error) => app.complain(&error),
        }
        if desk.busy.try_get_untracked().is_some() {
            desk.busy.set(false);
        }
    });
}

fn reject(desk: Desk, one: PendingView) -> AnyView {
    give_back_focus();
    let user = one.user;
    let text = move || tr("admin-reject-ask", &[("name", one.name.as_str().into())]);
    let act = move || tell(desk, Command::Reject(user), "admin-rejected");
    dialog::confirm(("admin-reject-heading", text, "admin-reject-yes"), act, move || desk.rejecting.set(None))
}

fn approval(app: App) -> AnyView {
    let option = move |approval: Approval, label: &'static str| {
        html::label().class("rp-opt rp-choice").child((
            html::input()
                .attr("type", "radio")
                .attr("name", "admin-approval")
                .prop("checked", move || app.status.with(|status| status.approval == approval))
                .on(ev::change, move |_| set_approval(app, approval)),
            html::div()
                .child((html::b().child(words(label)), html::small().child(live(move || t(&format!("{label}-text")))))),
        ))
    };
    html::fieldset()
        .class("rp-card rp-choices")
        .child((
            html::legend().class("rp-sr").child(words("admin-approval")),
            option(Approval::Automatic, "admin-automatic"),
            option(Approval::ByHand, "admin-by-hand"),
        ))
        .into_any()
}

fn set_approval(app: App, approval: Approval) {
    spawn_local(async move {
        if let Err(error) = bridge::tell(Command::SetApproval(approval)).await {
            app.complain(&error);
        }
        app.load_status().await;
        // where nothing changed the mark goes back to what holds
        app.status.update(|_| ());
    });
}

fn open_invitations(desk: Desk) -> AnyView {
    let fetch = desk.invitations;
    let span = move || Span::of(desk.page.get(), fetch.now.with(|now| now.here().map_or(0, Vec::len)));
    let shown = move || fetch.now.with(|now| span().rows(now.here().into_iter().flatten().cloned()));
    let long = Memo::new(move |_| span().total > PAGE);
    loaded(fetch, "admin-no-invitations", move || {
        let rows = For(ForProps::builder()
            .each(shown)
            .key(|one| (one.user, one.name.clone(), one.not_after))
            .children(move |one| invited_row(desk, one))
            .build());
        (table("admin-invitations", "", INVITED, rows), move || long.get().then(|| pager(desk.page, span))).into_any()
    })
}

fn invited_row(desk: Desk, one: InvitationView) -> AnyView {
    let (user, ends) = (one.user, one.not_after);
    let valid = if ends <= time::now() {
        standing::chip("rp-chip--warning", Icon::Clock, "admin-expired")
    } else {
        html::span().child(live(move || tr("admin-until", &[("date", time::date(ends).into())]))).into_any()
    };
    let name = one.name.clone();
    let again = act(desk, "admin-new-link", "rp-btn--quiet", &one.name, move || invite_again(desk, user, name.clone()));
    row((
        cell("admin-name", who(user, one.name)),
        cell("admin-unit", unit(one.unit)),
        cell("admin-valid", valid),
        cell(ACTIONS, again),
    ))
}

fn invite_again(desk: Desk, user: UserId, name: String) {
    desk.busy.set(true);
    spawn_local(async move {
        let link = person::again(user).await;
        if desk.busy.try_get_untracked().is_none() {
            return;
        }
        desk.busy.set(false);
        match link {
            Ok(link) => desk.link.set(Some((name, link))),
            Err(error) => desk.cockpit.app.complain(&error),
        }
    });
}

fn show_link(desk: Desk, name: String, link: Link) -> AnyView {
    give_back_focus();
    let heading = name.clone();
    let heading = move || tr("admin-link-for", &[("name", heading.as_str().into())]);
    dialog::dialog(heading, Width::Small, move || desk.link.set(None), link::link(name, link, ()))
}
