// SPDX-License-Identifier: EUPL-1.2
//! "Ich": how it looks and writes here, what it takes up, this device, and what the server can and can't know.

use crate::{
    bridge,
    cockpit::fetch::{Fetch, Loaded},
    file::size_text,
    part::{
        avatar, dialog,
        field::button,
        icon::{Icon, icon, small},
        live,
    },
    place::{Area, Place},
    release::{self, Release},
    saying,
    setting::{EnterKey, Settings, Theme},
    state::{App, app, forget_choice},
    text::{Language, t, tr, words},
};
use client_api::port::{Forget, PortError, Storage, StorageView};
use leptos::{ev, html, prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

/// From here on the meter warns, percent.
const FULL: u64 = 90;

const KNOWS: &[&str] = &["set-knows-connections", "set-knows-address", "set-knows-sizes"];
const CANNOT: &[&str] = &["set-cannot-contents", "set-cannot-names", "set-cannot-members", "set-cannot-administrators"];
const OPEN: &[&str] = &["set-open-correlate", "set-open-pages", "set-open-people"];

pub fn settings() -> AnyView {
    let app = app();
    let leaving = RwSignal::new(false);
    let sections = html::div().class("rp-set").child((
        card(app),
        section("set-administration", administration(app)),
        section("set-display", (languages(app), themes(app))),
        section("set-writing", enter_key(app)),
        section("set-storage", storage()),
        section("set-device", device(app, leaving)),
        section(
            "set-server",
            html::div().class("rp-card").child((
                points("set-knows", KNOWS),
                points("set-cannot", CANNOT),
                points("set-open", OPEN),
            )),
        ),
        section("set-about", about()),
    ));
    (
        html::header().class("rp-top").child(html::h1().class("rp-h1").child(words("set-heading"))),
        html::div().class("rp-scroll").child(sections),
        move || leaving.get().then(|| leave(app, leaving)),
    )
        .into_any()
}

fn section(heading: &'static str, content: impl IntoView + 'static) -> AnyView {
    html::section().child((html::h2().child(words(heading)), content)).into_any()
}

fn card(app: App) -> AnyView {
    let who = move || {
        let (user, name) = app.status.with(|status| (status.user, status.name.clone().unwrap_or_default()));
        user.map(|user| avatar::person(&user, &name, avatar::Size::Usual))
    };
    let name = move || app.status.with(|status| status.name.clone().unwrap_or_default());
    let authority = move || app.status.with(|status| status.authority.clone().unwrap_or_default());
    let chip = move || {
        let administrator = app.status.with(|status| status.administrator);
        administrator.then(|| html::span().class("rp-mini rp-mini--accent").child(words("set-administrator")))
    };
    html::div()
        .class("rp-id rp-set__id")
        .child((
            who,
            html::div().class("rp-grow").child((
                html::b().attr("dir", "auto").child(name),
                html::span().class("rp-sm rp-muted").attr("dir", "auto").child(authority),
            )),
            chip,
        ))
        .into_any()
}

fn administration(app: App) -> AnyView {
    let cockpit = move || {
        let administrator = app.status.with(|status| status.administrator);
        administrator.then(|| way(app, Area::People, Icon::Building, "set-cockpit"))
    };
    html::div().class("rp-card").child((cockpit, way(app, Area::Acts, Icon::Log, "set-acts"))).into_any()
}

fn way(app: App, room: Area, what: Icon, label: &'static str) -> AnyView {
    let to = Place::Admin(room);
    html::a()
        .class("rp-opt")
        .attr("href", to.path())
        .on(ev::click, move |event| {
            event.prevent_default();
            app.go(to);
        })
        .child((icon(what), explained(label), small(Icon::Right)))
        .into_any()
}

/// A name and, below it, what it means.
fn explained(label: &'static str) -> AnyView {
    let text = move || t(&format!("{label}-text"));
    html::div().child((html::b().child(words(label)), html::small().child(text))).into_any()
}

/// One choice of a few; `name` ties them together for the browser.
fn radios<T: Copy + PartialEq + Send + 'static>(
    app: App,
    (name, legend): (&'static str, &'static str),
    options: Vec<(T, &'static str)>,
    read: fn(&Settings) -> T,
    write: fn(&mut Settings, T),
) -> AnyView {
    let option = move |(value, label): (T, &'static str)| {
        let choose = move |_: web_sys::Event| {
            app.settings.update(|settings| write(settings, value));
            app.settings.get_untracked().save();
        };
        html::label().class("rp-opt rp-choice").child((
            html::input()
                .attr("type", "radio")
                .attr("name", name)
                .prop("checked", move || app.settings.with(|settings| read(settings) == value))
                .on(ev::change, choose),
            html::span().child(words(label)),
        ))
    };
    html::fieldset()
        .class("rp-card rp-choices")
        .child((
            html::legend().class("rp-choices__name").child(words(legend)),
            options.into_iter().map(option).collect::<Vec<_>>(),
        ))
        .into_any()
}

fn languages(app: App) -> AnyView {
    // each is named in itself, so that nobody is lost in the other
    let options = vec![(Language::German, "set-german"), (Language::English, "set-english")];
    radios(
        app,
        ("language", "set-language"),
        options,
        |settings| settings.language,
        |settings, to| settings.language = to,
    )
}

fn themes(app: App) -> AnyView {
    let options =
        vec![(Theme::System, "set-theme-system"), (Theme::Light, "set-theme-light"), (Theme::Dark, "set-theme-dark")];
    radios(app, ("theme", "set-theme"), options, |settings| settings.theme, |settings, to| settings.theme = to)
}

fn enter_key(app: App) -> AnyView {
    let options = vec![(EnterKey::Sends, "set-enter-sends"), (EnterKey::Breaks, "set-enter-breaks")];
    radios(app, ("enter", "set-enter"), options, |settings| settings.enter, |settings, to| settings.enter = to)
}

fn storage() -> AnyView {
    let fetch = Fetch::new(used);
    let asked = RwSignal::new(false);
    let body = move || match fetch.now.get() {
        Loaded::Waiting => html::span()
            .class("rp-skel rp-skel--bar")
            .attr("role", "status")
            .attr("aria-label", t("loading"))
            .into_any(),
        Loaded::Failed(error) => html::div()
            .class("rp-meter")
            .attr("role", "alert")
            .child((
                html::p().class("rp-sm").child(saying::explain(&error)),
                button("try-again", "", move || fetch.retry()),
            ))
            .into_any(),
        Loaded::Here(view) => html::div().class("rp-meter").child((meter(view), kept(view, fetch, asked))).into_any(),
    };
    html::div().class("rp-card rp-set__box").child(body).into_any()
}

async fn used() -> Result<StorageView, PortError> {
    bridge::call(Storage {}).await
}

/// Percent of the space there is, 100 at most.
fn share(view: StorageView) -> u64 {
    view.used_bytes.saturating_mul(100).checked_div(view.quota_bytes).unwrap_or(0).min(100)
}

fn meter(view: StorageView) -> AnyView {
    let percent = share(view);
    let said = move || {
        let (used, quota) = (size_text(view.used_bytes), size_text(view.quota_bytes));
        tr("set-storage-used", &[("used", used.into()), ("quota", quota.into())])
    };
    (
        html::p().class("rp-sm").child(said),
        html::div()
            .class("rp-tube")
            .class(("rp-tube--danger", percent >= FULL))
            .attr("role", "meter")
            .attr("aria-valuemin", "0")
            .attr("aria-valuemax", "100")
            .attr("aria-valuenow", percent.to_string())
            .attr("aria-label", words("set-storage-meter"))
            .child(html::i().style(("width", format!("{percent}%")))),
        (percent >= FULL).then(|| html::p().class("rp-sm rp-line__wrong").child(words("set-storage-full"))),
    )
        .into_any()
}

/// Whether the browser may throw it away, and the way to ask it not to.
fn kept(view: StorageView, fetch: Fetch<StorageView>, asked: RwSignal<bool>) -> AnyView {
    if view.persisted {
        return html::p()
            .class("rp-sm rp-set__kept")
            .child((small(Icon::Check), html::span().child(words("set-storage-kept"))))
            .into_any();
    }
    let ask = move || {
        spawn_local(async move {
            let storage = window().navigator().storage();
            if let Ok(promise) = storage.persist() {
                let _ = JsFuture::from(promise).await;
            }
            if asked.try_get_untracked().is_some() {
                asked.set(true);
                fetch.retry();
            }
        });
    };
    let key = if asked.get_untracked() { "set-storage-refused" } else { "set-storage-not-kept" };
    (
        html::p().class("rp-sm rp-muted").attr("role", "status").child(words(key)),
        html::div().child(button("set-storage-keep", "", ask)),
    )
        .into_any()
}

fn device(app: App, leaving: RwSignal<bool>) -> AnyView {
    let agent = window().navigator().user_agent().unwrap_or_default();
    let named = browser(&agent);
    let browser = move || named.clone().unwrap_or_else(|| t("set-browser-unknown"));
    let server = move || app.status.with(|status| status.server.clone().unwrap_or_default());
    let fact = |what: Icon, label: &'static str, value: Box<dyn Fn() -> String + Send>| {
        let value = html::small().class("rp-set__value").child(value);
        html::div().class("rp-opt").child((icon(what), html::div().child((html::b().child(words(label)), value))))
    };
    let hint =
        (!is_installed()).then(|| html::div().class("rp-opt").child((icon(Icon::Download), explained("set-install"))));
    let leave = html::button()
        .attr("type", "button")
        .class("rp-opt rp-opt--bad")
        .attr("aria-haspopup", "dialog")
        .on(ev::click, move |_| leaving.set(true))
        .child((icon(Icon::Logout), explained("set-forget"), small(Icon::Right)));
    html::div()
        .class("rp-card")
        .child((
            fact(Icon::Laptop, "set-browser", Box::new(browser)),
            fact(Icon::Building, "set-server-address", Box::new(server)),
            hint,
            leave,
        ))
        .into_any()
}

/// "Firefox, Windows"; `None`: it says nothing we know.
fn browser(agent: &str) -> Option<String> {
    // those that pretend to be others stand before them
    const BROWSERS: [(&str, &str); 8] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("FxiOS/", "Firefox"),
        ("Firefox/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 7] = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("CrOS", "ChromeOS"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let find = |all: &[(&str, &'static str)]| all.iter().find(|(mark, _)| agent.contains(*mark)).map(|(_, name)| *name);
    let both: Vec<&str> = find(&BROWSERS).into_iter().chain(find(&SYSTEMS)).collect();
    (!both.is_empty()).then(|| both.join(", "))
}

/// Runs in a window of its own.
fn is_installed() -> bool {
    let query = window().match_media("(display-mode: standalone)").ok().flatten();
    query.is_some_and(|query| query.matches())
}

fn leave(app: App, leaving: RwSignal<bool>) -> AnyView {
    let text = move || {
        let (waiting, administrator) = app.status.with(|status| (status.outbox, status.administrator));
        let mut text = t("set-forget-ask");
        if waiting > 0 {
            text = format!("{text} {}", tr("set-forget-waiting", &[("count", waiting.into())]));
        }
        if administrator {
            text = format!("{text} {}", t("set-forget-administrator"));
        }
        text
    };
    dialog::confirm(
        ("set-forget-heading", text, "set-forget-yes"),
        move || spawn_local(forget(app)),
        move || leaving.set(false),
    )
}

async fn forget(app: App) {
    match bridge::call(Forget {}).await {
        Ok(()) => {
            forget_choice();
            let _ = window().location().replace("/");
        }
        Err(error) => app.complain(&error),
    }
}

/// A heading that opens a list of sentences.
fn points(heading: &'static str, keys: &'static [&'static str]) -> AnyView {
    let point = |key: &'static str| html::li().child(words(key));
    html::details()
        .class("rp-fold")
        .child((
            html::summary().child((html::span().class("rp-grow").child(words(heading)), small(Icon::Down))),
            html::ul().child(keys.iter().copied().map(point).collect::<Vec<_>>()),
        ))
        .into_any()
}

fn about() -> AnyView {
    let release = RwSignal::new(None::<Option<Release>>);
    spawn_local(async move {
        let loaded = release::load().await;
        if release.try_get_untracked().is_some() {
            release.set(Some(loaded));
        }
    });
    let said = move || match release.get() {
        None => ().into_any(),
        Some(None) => html::p().class("rp-sm rp-muted").child(words("set-release-none")).into_any(),
        Some(Some(release)) => hash(release),
    };
    let version = || tr("set-version", &[("version", env!("CARGO_PKG_VERSION").into())]);
    html::div()
        .class("rp-card rp-set__box rp-set__about")
        .child((html::b().child(version), said, html::p().class("rp-sm rp-muted").child(words("set-licence"))))
        .into_any()
}

fn hash(release: Release) -> AnyView {
    let Release { version, hash, development } = release;
    let warning = development.then(|| {
        html::p().class("rp-sm rp-line__wrong").child((small(Icon::Warn), " ", words("set-release-development")))
    });
    (
        warning,
        html::p().class("rp-sm").child(live(move || tr("set-release", &[("version", version.as_str().into())]))),
        html::p().class("rp-hash rp-num rp-xs").child(in_groups(&hash)),
        html::p().class("rp-xs rp-muted").child(words("set-release-text")),
    )
        .into_any()
}

/// Eight digits at a time, so that two people can compare it aloud.
fn in_groups(hash: &str) -> String {
    let digits: Vec<char> = hash.chars().collect();
    digits.chunks(8).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_known_by_what_they_are_and_not_by_what_they_pretend_to_be() {
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        for (agent, expect) in [
            (format!("Mozilla/5.0 (Windows NT 10.0) {webkit} Chrome/131.0 Safari/537.36 Edg/131.0"), "Edge, Windows"),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0".into(), "Firefox, Linux"),
            (format!("Mozilla/5.0 (Linux; Android 15) {webkit} Chrome/131.0 Mobile Safari/537.36"), "Chrome, Android"),
            (format!("Mozilla/5.0 (iPhone; like Mac OS X) {webkit} Version/18.1 Safari/604.1"), "Safari, iPhone"),
        ] {
            assert_eq!(browser(&agent).as_deref(), Some(expect), "{agent}");
        }
        assert_eq!(browser("curl/8"), None);
    }

    #[test]
    fn share_of_the_space_is_a_whole_percentage_even_where_nothing_is_known() {
        let view = |used_bytes, quota_bytes| StorageView { used_bytes, quota_bytes, persisted: false };
        assert_eq!(share(view(1, 4)), 25);
        assert_eq!(share(view(9, 4)), 100);
        assert_eq!(share(view(9, 0)), 0);
    }

    #[test]
    fn a_hash_is_read_in_groups_of_eight() {
        assert_eq!(in_groups("0123456789abcdef01"), "01234567 89abcdef 01");
    }
}
