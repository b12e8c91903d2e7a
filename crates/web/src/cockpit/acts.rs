// SPDX-License-Identifier: EUPL-1.2
//! The log of what administrators did, for everybody to read, and to take along as a file.

use super::{
    fetch::{Fetch, Loaded, failed},
    head, sheet,
    table::{cell, row, table},
};
use crate::{
    bridge::ask,
    file::save,
    part::{
        avatar,
        field::{button, button_with},
        icon::{Icon, icon, small},
        live, skeleton,
    },
    saying::Toast,
    state::App,
    text::{t, tr, words},
    time,
};
use client_api::{ActKind, ActView, Query, port::PortError};
use leptos::{html, prelude::*, task::spawn_local};

const COLUMNS: &[&str] = &["admin-when", "admin-who", "admin-what"];

/// Lines shown at first, and more at a time.
const PAGE: usize = 50;
/// Lines asked for at once.
const BATCH: usize = 500;
/// Lines of a file at most.
const MOST: usize = 1_000_000;

/// The newest lines, and whether there are older ones.
#[derive(Clone, PartialEq)]
struct Log {
    acts: Vec<ActView>,
    older: bool,
}

/// Up to so many, newest first.
async fn read(most: usize) -> Result<Log, PortError> {
    let mut acts: Vec<ActView> = Vec::new();
    let mut before = u64::MAX;
    // one more than wanted tells whether there are older ones
    while acts.len() <= most {
        let limit = u32::try_from((most + 1 - acts.len()).min(BATCH)).unwrap_or(1);
        let batch = ask!(Query::Acts { before, limit }, Acts)?;
        let Some(last) = batch.last() else { break };
        before = last.number;
        acts.extend(batch);
    }
    let older = acts.len() > most;
    acts.truncate(most);
    Ok(Log { acts, older })
}

pub fn acts(app: App) -> AnyView {
    let most = RwSignal::new(PAGE);
    let log = Fetch::new(move || {
        app.directory.track();
        read(most.get())
    });
    let kind = Memo::new(move |_| log.now.with(|now| now.map(|log| log.acts.is_empty())));
    let body = move || match kind.get() {
        Loaded::Waiting => skeleton::rows(10),
        Loaded::Failed(error) => failed(error, move || log.retry()),
        Loaded::Here(true) => html::div().class("rp-empty").child(html::p().child(words("admin-acts-none"))).into_any(),
        Loaded::Here(false) => lines(log, most),
    };
    let seal = html::div().class("rp-seal").child((
        icon(Icon::Shield),
        html::div().child((html::b().child(words("admin-acts-seal")), " ", words("admin-acts-seal-text"))),
    ));
    (
        head(
            "admin-acts",
            || t("admin-acts-text"),
            button_with(Icon::Download, "admin-acts-save", "", move || export(app)),
        ),
        seal,
        html::div()
            .class("rp-scroll")
            .attr("tabindex", "0")
            .attr("role", "region")
            .attr("aria-label", words("admin-acts"))
            .child(body),
    )
        .into_any()
}

fn lines(log: Fetch<Log>, most: RwSignal<usize>) -> AnyView {
    let rows = For(ForProps::builder()
        .each(move || log.now.with(|now| now.here().map_or_else(Vec::new, |log| log.acts.clone())))
        .key(|act| (act.number, act.who_name.clone(), act.whom_name.clone()))
        .children(draw)
        .build());
    let older = Memo::new(move |_| log.now.with(|now| now.here().is_some_and(|log| log.older)));
    let more = move || {
        older.get().then(|| {
            html::div()
                .class("rp-desk__more")
                .child(button("admin-acts-older", "", move || most.update(|most| *most += PAGE)))
        })
    };
    (table("admin-acts", "rp-log", COLUMNS, rows), more).into_any()
}

fn draw(act: ActView) -> AnyView {
    let at = act.at;
    let who = html::div().class("rp-who").child((
        avatar::person(&act.who, &act.who_name, avatar::Size::Tiny),
        html::span().attr("dir", "auto").child(act.who_name.clone()),
    ));
    let what = html::div()
        .class("rp-act")
        .child((small(picture(act.kind)), html::span().attr("dir", "auto").child(live(move || sentence(&act)))));
    row((
        cell("admin-when", html::span().child(live(move || time::in_sentence(at)))),
        cell("admin-who", who),
        cell("admin-what", what),
    ))
}

fn picture(kind: ActKind) -> Icon {
    match kind {
        ActKind::Founded => Icon::Building,
        ActKind::Invited => Icon::Userplus,
        ActKind::Approved => Icon::Check,
        ActKind::RevokedPerson | ActKind::RevokedAdministrator => Icon::Lock,
        ActKind::RevokedDevice => Icon::Phone,
        ActKind::GrantedAdministrator => Icon::Shield,
        ActKind::ChangedPolicy => Icon::Sliders,
        ActKind::RefusedRequest => Icon::X,
    }
}

/// "Ada Amt hat Ole Streife eingeladen."
fn sentence(act: &ActView) -> String {
    let key = match act.kind {
        ActKind::Founded => "admin-act-founded",
        ActKind::Invited => "admin-act-invited",
        ActKind::Approved => "admin-act-approved",
        ActKind::RevokedPerson => "admin-act-locked",
        ActKind::RevokedDevice => "admin-act-device-locked",
        ActKind::GrantedAdministrator => "admin-act-granted",
        ActKind::RevokedAdministrator => "admin-act-administrator-locked",
        ActKind::ChangedPolicy => "admin-act-policy",
        ActKind::RefusedRequest => "admin-act-refused",
    };
    let whom = act.whom_name.clone().unwrap_or_else(|| t("admin-act-somebody"));
    tr(key, &[("who", act.who_name.as_str().into()), ("whom", whom.into())])
}

/// All of it, as a table.
fn export(app: App) {
    spawn_local(async move {
        match read(MOST).await {
            Ok(log) => {
                let heads: Vec<String> = COLUMNS.iter().map(|column| t(column)).collect();
                let rows = log.acts.iter().map(|act| {
                    let when = format!("{} {}", time::date(act.at), time::clock(act.at));
                    vec![when, act.who_name.clone(), sentence(act)]
                });
                save::bytes(&t("admin-acts-file"), "text/csv", &sheet::write(std::iter::once(heads).chain(rows)));
                app.say(Toast::done("admin-acts-saved"));
            }
            Err(error) => app.complain(&error),
        }
    });
}
