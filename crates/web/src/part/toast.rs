// SPDX-License-Identifier: EUPL-1.2
//! Short words at the lower edge: what went wrong or was done, said aloud too; gone by itself or by a button.

use super::icon::{Icon, small};
use crate::{
    state::{App, app},
    text::{t, tr},
};
use client_api::{CommandError, Why, port::PortError};
use leptos::{html, prelude::*};
use std::time::Duration;

/// How long one stays.
const SHOWN: Duration = Duration::from_secs(8);

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saying {
    /// A text by its key.
    Key(&'static str),
    Error(PortError),
    Why(Why),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    number: u64,
    saying: Saying,
}

impl Toast {
    pub fn done(key: &'static str) -> Self {
        Self { number: 0, saying: Saying::Key(key) }
    }
    pub fn error(error: &PortError) -> Self {
        Self { number: 0, saying: Saying::Error(error.clone()) }
    }
    pub fn warning(why: Why) -> Self {
        Self { number: 0, saying: Saying::Why(why) }
    }
}

/// A reason in the reader's words.
pub fn reason(why: Why) -> String {
    t(&format!("why-{}", why.name()))
}

/// An error in the reader's words: what happened and what to do.
pub fn explain(error: &PortError) -> String {
    match error {
        PortError::Command(
            CommandError::Unknown(why)
            | CommandError::Refused(why)
            | CommandError::Invalid(why)
            | CommandError::WrongState(why),
        ) => reason(*why),
        PortError::Command(CommandError::Store(said)) | PortError::Store(said) => {
            tr("error-store", &[("said", said.as_str().into())])
        }
        PortError::StorageFull => t("error-storage-full"),
        PortError::Unsupported(_) => t("error-unsupported"),
        PortError::NotOpen | PortError::Broken => t("error-broken"),
    }
}

/// Shows it; equal ones are shown once.
pub fn show(app: App, toast: Toast) {
    let shown = app.toasts.with_untracked(|all| all.iter().any(|one| one.saying == toast.saying));
    if shown {
        return;
    }
    let number = app.toasts.with_untracked(|all| all.last().map_or(1, |last| last.number + 1));
    app.toasts.update(|all| all.push(Toast { number, ..toast }));
    set_timeout(move || drop_one(app, number), SHOWN);
}

fn drop_one(app: App, number: u64) {
    app.toasts.update(|all| all.retain(|one| one.number != number));
}

/// All that are shown now.
pub fn toasts() -> AnyView {
    let app = app();
    let one = move |toast: Toast| {
        let number = toast.number;
        let saying = toast.saying;
        let text = move || match &saying {
            Saying::Key(key) => t(key),
            Saying::Error(error) => explain(error),
            Saying::Why(why) => reason(*why),
        };
        let close = html::button()
            .attr("type", "button")
            .class("rp-iconbtn rp-toast__close")
            .attr("aria-label", move || t("close"))
            .on(leptos::ev::click, move |_| drop_one(app, number))
            .child(small(Icon::X));
        html::div().class("rp-toast").child((html::span().child(text), close))
    };
    html::div()
        .class("rp-toasts")
        .attr("role", "status")
        .attr("aria-live", "polite")
        .child(For(ForProps::builder().each(move || app.toasts.get()).key(|toast| toast.number).children(one).build()))
        .into_any()
}
