// SPDX-License-Identifier: EUPL-1.2
//! An import before it is done: every line with what will happen to it, what is odd first.

use super::{
    Cockpit,
    batch::{Import, carry_out},
    fetch::{Loaded, failed},
    focused,
    plan::{Fate, Planned, Sums, plan},
    sheet::Encoding,
    standing,
    table::{PAGE, Span, cell, chip, counted, grouped, pager, row, scroll, table},
};
use crate::{
    part::{
        field::icon_button,
        icon::{Icon, icon},
        live, skeleton,
    },
    saying,
    text::{t, tr, words},
};
use client_api::NewPerson;
use leptos::{ev, html, prelude::*};

const COLUMNS: &[&str] = &["admin-line", "admin-name", "admin-unit", "admin-happens"];

/// Which lines of the preview are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Show {
    All,
    /// All but those who will simply be invited.
    Odd,
    Flawed,
}

impl Show {
    fn fits(self, fate: Fate) -> bool {
        match self {
            Self::All => true,
            Self::Odd => fate != Fate::New,
            Self::Flawed => matches!(fate, Fate::Flawed(_) | Fate::Beyond),
        }
    }
}

/// The preview.
#[derive(Clone, Copy)]
struct Preview {
    cockpit: Cockpit,
    plan: Memo<Loaded<Vec<Planned>>>,
    sums: Memo<Sums>,
    /// `None`: nobody chose yet.
    chosen: RwSignal<Option<Show>>,
    page: RwSignal<usize>,
}

impl Preview {
    fn new(cockpit: Cockpit) -> Self {
        let sheet = cockpit.import.sheet;
        let plan = Memo::new(move |_| {
            let lines = sheet.with(|sheet| sheet.as_ref().map_or_else(Vec::new, |sheet| sheet.lines.clone()));
            cockpit.everybody.now.with(|now| now.map(|people| plan(&lines, people)))
        });
        let sums = Memo::new(move |_| plan.with(|plan| plan.here().map_or_else(Sums::default, |all| Sums::of(all))));
        Self { cockpit, plan, sums, chosen: RwSignal::new(None), page: RwSignal::new(0) }
    }

    fn show(self) -> Show {
        let odd = || if self.count(Show::Odd) > 0 { Show::Odd } else { Show::All };
        self.chosen.get().unwrap_or_else(odd)
    }

    fn count(self, show: Show) -> usize {
        self.plan.with(|plan| plan.here().map_or(0, |all| all.iter().filter(|one| show.fits(one.fate)).count()))
    }

    fn span(self) -> Span {
        Span::of(self.page.get(), self.count(self.show()))
    }

    fn rows(self) -> Vec<Planned> {
        let (span, show) = (self.span(), self.show());
        self.plan.with(|plan| span.rows(plan.here().into_iter().flatten().filter(|one| show.fits(one.fate)).cloned()))
    }

    fn invite(self) {
        let people: Vec<NewPerson> = self.plan.with_untracked(|plan| {
            let all = plan.here().into_iter().flatten();
            all.filter(|one| one.fate == Fate::New).map(Planned::person).collect()
        });
        if !people.is_empty() {
            carry_out(self.cockpit.import, people);
        }
    }
}

pub fn preview(cockpit: Cockpit) -> AnyView {
    let preview = Preview::new(cockpit);
    let import = cockpit.import;
    let summary = move || {
        let lines = import.sheet.with(|sheet| sheet.as_ref().map_or(0, |sheet| sheet.lines.len()));
        tr(
            "admin-import-summary",
            &[("name", import.name.get().into()), ("count", lines.into()), ("shown", grouped(lines).into())],
        )
    };
    let header = html::header().class("rp-cock__head").child((
        icon_button(Icon::Left, "admin-import-back", move || import.begin_anew()),
        html::div()
            .class("rp-grow")
            .child((focused("admin-import-check"), html::p().class("rp-sm rp-muted").child(summary))),
    ));
    let kind = Memo::new(move |_| preview.plan.with(|plan| plan.map(|_| ())));
    let body = move || match kind.get() {
        Loaded::Waiting => skeleton::rows(8),
        Loaded::Failed(error) => failed(error, move || cockpit.everybody.retry()),
        Loaded::Here(()) => lines(preview),
    };
    (header, notes(import), body).into_any()
}

/// What deserves a look before going on.
fn notes(import: Import) -> AnyView {
    let banner = |class: &'static str, text: String| {
        html::div()
            .class(format!("rp-banner rp-import__note {class}"))
            .attr("role", "alert")
            .child((icon(Icon::Warn), html::div().class("rp-grow").child(text)))
    };
    let guessed = move || {
        let encoding = import.sheet.with(|sheet| sheet.as_ref().map(|sheet| sheet.encoding));
        (encoding == Some(Encoding::Windows)).then(|| banner("", t("admin-import-guessed")))
    };
    let wrong = move || import.failed.get().map(|error| banner("rp-banner--danger", saying::explain(&error)));
    (guessed, wrong).into_any()
}

fn lines(preview: Preview) -> AnyView {
    let rows = For(ForProps::builder()
        .each(move || preview.rows())
        .key(|one| (one.line.number, one.fate))
        .children(line)
        .build());
    let none = move || {
        (preview.span().total == 0).then(|| html::p().class("rp-empty rp-muted").child(words("admin-import-no-lines")))
    };
    let long = Memo::new(move |_| preview.span().total > PAGE);
    (
        sums(preview),
        filters(preview),
        scroll("admin-import-check", preview.page, (table("admin-import-check", "", COLUMNS, rows), none)),
        move || long.get().then(|| pager(preview.page, move || preview.span())),
        foot(preview),
    )
        .into_any()
}

fn sums(preview: Preview) -> AnyView {
    let sum = move |class: &'static str, what: Icon, label: &'static str, number: fn(Sums) -> usize| {
        html::div().class(format!("rp-sum {class}")).child((
            icon(what),
            html::b().child(live(move || grouped(number(preview.sums.get())))),
            html::span().child(live(move || tr(label, &[("count", number(preview.sums.get()).into())]))),
        ))
    };
    html::div()
        .class("rp-sums")
        .child((
            sum("rp-sum--ok", Icon::Userplus, "admin-sum-new", |sums| sums.new),
            sum("rp-sum--ch", Icon::Check, "admin-sum-known", |sums| sums.known),
            sum("rp-sum--out", Icon::Logout, "admin-sum-left-out", |sums| sums.left_out),
            sum("rp-sum--bad", Icon::Warn, "admin-sum-flawed", |sums| sums.flawed),
        ))
        .into_any()
}

fn filters(preview: Preview) -> AnyView {
    let filter = move |show: Show, label: &'static str| {
        let text =
            move || tr("admin-chip", &[("what", t(label).into()), ("shown", grouped(preview.count(show)).into())]);
        let choose = move || {
            preview.chosen.set(Some(show));
            preview.page.set(0);
        };
        chip(text, move || preview.show() == show, choose)
    };
    html::div()
        .class("rp-tools")
        .attr("role", "group")
        .attr("aria-label", words("admin-filter"))
        .child((
            filter(Show::Odd, "admin-show-odd"),
            filter(Show::Flawed, "admin-show-flawed"),
            filter(Show::All, "admin-show-all"),
        ))
        .into_any()
}

fn line(one: Planned) -> AnyView {
    let Planned { line, fate } = one;
    let (class, what) = match fate {
        Fate::New => ("rp-chip--success", Icon::Userplus),
        Fate::Known => ("", Icon::Check),
        Fate::Twice => ("rp-chip--warning", Icon::Copy),
        Fate::LockedOut => ("rp-chip--warning", Icon::Lock),
        Fate::Beyond | Fate::Flawed(_) => ("rp-chip--danger", Icon::Warn),
    };
    let or_none = |text: String| if text.is_empty() { "–".to_owned() } else { text };
    row((
        cell("admin-line", html::span().class("rp-num rp-muted").child(line.number)),
        cell("admin-name", html::b().attr("dir", "auto").child(or_none(line.name))),
        cell("admin-unit", html::span().attr("dir", "auto").child(or_none(line.unit.unwrap_or_default()))),
        cell("admin-happens", standing::chip(class, what, fate.text())),
    ))
}

fn foot(preview: Preview) -> AnyView {
    let new = move || preview.sums.get().new;
    let act = html::button()
        .attr("type", "button")
        .class("rp-btn rp-btn--primary")
        .prop("disabled", move || new() == 0)
        .on(ev::click, move |_| preview.invite())
        .child(live(move || counted("admin-import-do", new())));
    html::div()
        .class("rp-foot rp-import__foot")
        .child((
            html::p()
                .class("rp-grow rp-sm rp-muted")
                .attr("role", "status")
                .child(live(move || counted("admin-import-will", new()))),
            act,
        ))
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cockpit::sheet::Flaw;

    #[test]
    fn what_will_simply_be_invited_is_not_odd_and_no_odd_line_is_hidden_from_all() {
        for fate in [Fate::New, Fate::Known, Fate::LockedOut, Fate::Twice, Fate::Beyond, Fate::Flawed(Flaw::NoName)] {
            assert!(Show::All.fits(fate));
            assert_eq!(Show::Odd.fits(fate), fate != Fate::New);
        }
        assert!(!Show::Flawed.fits(Fate::Known) && Show::Flawed.fits(Fate::Beyond));
    }
}
