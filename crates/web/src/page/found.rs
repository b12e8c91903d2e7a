// SPDX-License-Identifier: EUPL-1.2
//! Founding an authority in the browser: a form, then the sealed root file to download; it never stays here.

use crate::{
    bridge,
    file::save,
    part::{
        art::{self, Capsule},
        field::{button_with, line},
        icon::Icon,
    },
    saying,
    state::app,
    text::{t, words},
};
use client_api::{Answer, Command, Passphrase};
use leptos::{ev, html, prelude::*, task::spawn_local};

/// Name of the downloaded file.
const FILE: &str = "rohrpost-root.sealed";
const PASSPHRASE_CHARS: usize = 8;

pub fn form() -> AnyView {
    fields(app().root_file)
}

#[derive(Clone, Copy)]
struct Fields {
    name: RwSignal<String>,
    admin: RwSignal<String>,
    passphrase: RwSignal<String>,
    again: RwSignal<String>,
    code: RwSignal<String>,
    tried: RwSignal<bool>,
    busy: RwSignal<bool>,
    wrong: RwSignal<Option<String>>,
}

fn fields(root_file: RwSignal<Option<Vec<u8>>>) -> AnyView {
    let text = || RwSignal::new(String::new());
    let all = Fields {
        name: text(),
        admin: text(),
        passphrase: text(),
        again: text(),
        code: text(),
        tried: RwSignal::new(false),
        busy: RwSignal::new(false),
        wrong: RwSignal::new(None),
    };
    let empty = move |value: RwSignal<String>| {
        move || (all.tried.get() && value.get().trim().is_empty()).then(|| t("field-empty"))
    };
    let short = move || {
        (all.tried.get() && all.passphrase.get().chars().count() < PASSPHRASE_CHARS).then(|| t("why-passphrase-short"))
    };
    let differs = move || (all.tried.get() && all.passphrase.get() != all.again.get()).then(|| t("field-differs"));
    html::form()
        .class("rp-form")
        .on(ev::submit, move |event| {
            event.prevent_default();
            submit(all, root_file);
        })
        .child((
            html::h1().class("rp-h1").child(words("found")),
            html::p().class("rp-muted").child(words("found-text")),
            line("text", "found-name", all.name, empty(all.name)),
            line("text", "found-admin", all.admin, empty(all.admin)),
            line("password", "found-passphrase", all.passphrase, short),
            line("password", "found-passphrase-again", all.again, differs),
            html::p().class("rp-sm rp-muted").child(words("found-passphrase-text")),
            line("text", "found-code", all.code, || None),
            html::p().class("rp-sm rp-muted").child(words("found-code-text")),
            move || all.wrong.get().map(|text| html::p().class("rp-line__wrong").attr("role", "alert").child(text)),
            html::button()
                .attr("type", "submit")
                .class("rp-btn rp-btn--primary rp-btn--big rp-btn--block")
                .prop("disabled", move || all.busy.get())
                .child(words("found-do")),
        ))
        .into_any()
}

fn submit(all: Fields, root_file: RwSignal<Option<Vec<u8>>>) {
    all.tried.set(true);
    let (name, admin) = (all.name.get_untracked(), all.admin.get_untracked());
    let passphrase = all.passphrase.get_untracked();
    let complete = !name.trim().is_empty() && !admin.trim().is_empty();
    if !complete || passphrase.chars().count() < PASSPHRASE_CHARS || passphrase != all.again.get_untracked() {
        return;
    }
    let code = all.code.get_untracked().trim().to_owned();
    let command = Command::CreateAuthority {
        server: window().location().origin().unwrap_or_default(),
        name,
        admin,
        passphrase: Passphrase(passphrase),
        setup_code: (!code.is_empty()).then_some(Passphrase(code)),
    };
    all.busy.set(true);
    spawn_local(async move {
        match bridge::tell(command).await {
            Ok(Answer::RootFile(bytes)) => {
                let bytes = Vec::from(bytes);
                save::bytes(FILE, "application/octet-stream", &bytes);
                root_file.set(Some(bytes));
            }
            Ok(_) => all.wrong.set(Some(t("error-broken"))),
            Err(error) => all.wrong.set(Some(saying::explain(&error))),
        }
        all.busy.set(false);
    });
}

/// The file was offered once; going on is a choice made after it lies somewhere safe.
pub fn keep() -> AnyView {
    let app = app();
    let again = move || {
        if let Some(bytes) = app.root_file.get_untracked() {
            save::bytes(FILE, "application/octet-stream", &bytes);
        }
    };
    let go_on = move || {
        app.root_file.set(None);
        spawn_local(async move {
            app.load_status().await;
            app.load_conversations().await;
        });
    };
    (
        html::div().class("rp-empty rp-empty--start").child((
            art::tube(Capsule::Travelling),
            html::h1().class("rp-h1").child(words("root-file")),
            html::p().child(words("root-file-text")),
        )),
        html::div().class("rp-enrol__acts").child((
            button_with(Icon::Download, "root-file-again", "rp-btn--block", again),
            button_with(Icon::Check, "root-file-kept", "rp-btn--primary rp-btn--big rp-btn--block", go_on),
        )),
    )
        .into_any()
}
