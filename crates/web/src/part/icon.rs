// SPDX-License-Identifier: EUPL-1.2
//! Our own icons: 24 px grid, round ends, drawn in the colour of the text around them.

use leptos::{prelude::*, svg};

/// How large an icon is drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// 14 px.
    Tiny,
    /// 18 px.
    Small,
    /// 24 px.
    Usual,
    /// 32 px.
    Large,
}

/// What an icon shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    Building,
    Camera,
    Chats,
    Check,
    Checks,
    Clip,
    Clock,
    Copy,
    Devices,
    Directory,
    Down,
    Download,
    Edit,
    File,
    Forward,
    Info,
    Laptop,
    Left,
    Lock,
    Log,
    Logout,
    Me,
    More,
    Offline,
    Phone,
    Pin,
    Plus,
    Qr,
    Refresh,
    Reply,
    Right,
    Search,
    Send,
    Shield,
    Sliders,
    Timer,
    Trash,
    Upload,
    Userplus,
    Users,
    Warn,
    X,
}

/// An icon beside a word or inside a labelled control: hidden from screen readers.
pub fn icon(what: Icon) -> AnyView {
    sized(what, Size::Usual)
}

/// See [`icon`].
pub fn small(what: Icon) -> AnyView {
    sized(what, Size::Small)
}

/// See [`icon`].
pub fn sized(what: Icon, size: Size) -> AnyView {
    let class = match size {
        Size::Tiny => "rp-icon rp-icon--xs",
        Size::Small => "rp-icon rp-icon--s",
        Size::Usual => "rp-icon",
        Size::Large => "rp-icon rp-icon--l",
    };
    let strokes: Vec<_> = strokes(what).iter().map(|d| svg::path().attr("d", *d)).collect();
    svg::svg().attr("class", class).attr("viewBox", "0 0 24 24").attr("aria-hidden", "true").child(strokes).into_any()
}

fn strokes(what: Icon) -> &'static [&'static str] {
    DRAWN.iter().find(|(icon, _)| *icon == what).map_or(&[], |(_, strokes)| *strokes)
}

/// The strokes of each, as SVG path data.
static DRAWN: &[(Icon, &[&str])] = &[
    (
        Icon::Building,
        &[
            "M4 20.500h16M5.5 20.500v-12L12 4l6.5 4.500v12M9.5 20.500v-5h5v5",
            "M9 11.500h.01M12 11.500h.01M15 11.500h.01",
        ],
    ),
    (
        Icon::Camera,
        &[
            "M4.5 7.500h2.700l1.6-2.500h6.400l1.6 2.500h2.700a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-15a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2Z",
            "M12 16.500a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Z",
        ],
    ),
    (
        Icon::Chats,
        &[
            "M4.5 5.5h11a2 2 0 0 1 2 2v5a2 2 0 0 1-2 2H9l-4 3.5v-3.5h-.5a2 2 0 0 1-2-2v-5a2 2 0 0 1 2-2Z",
            "M20 9.5a1.8 1.8 0 0 1 1.5 1.8v4.4a2 2 0 0 1-2 2H19v3l-3.4-3H13",
        ],
    ),
    (Icon::Check, &["M4.5 12.5 9.5 17.5 19.5 7"]),
    (Icon::Checks, &["M2.5 12.8 7 17.3 15.5 8", "M11.5 16.5 12.3 17.3 21.5 8"]),
    (
        Icon::Clip,
        &[
            "M20 11.500l-8.3 8.200a5.2 5.2 0 0 1-7.4-7.300l8.8-8.700a3.5 3.5 0 0 1 4.9 4.900l-8.6 8.500a1.7 1.7 0 0 1-2.4-2.400l7.6-7.5",
        ],
    ),
    (Icon::Clock, &["M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z", "M12 7v5.200l3.3 2"]),
    (
        Icon::Copy,
        &[
            "M9.5 8.500h9a1.5 1.5 0 0 1 1.5 1.500v9a1.5 1.5 0 0 1-1.5 1.500h-9A1.5 1.5 0 0 1 8 19v-9a1.5 1.5 0 0 1 1.5-1.500Z",
            "M16 5.500V5a1.5 1.5 0 0 0-1.5-1.500h-9A1.5 1.5 0 0 0 4 5v9a1.5 1.5 0 0 0 1.5 1.5",
        ],
    ),
    (
        Icon::Devices,
        &[
            "M4 5h12.500a1.5 1.5 0 0 1 1.5 1.500V8M2.5 16.500H13M4.5 16.500v-10",
            "M16.5 10.500h4a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1h-4a1 1 0 0 1-1-1v-8a1 1 0 0 1 1-1Z",
        ],
    ),
    (
        Icon::Directory,
        &[
            "M6 3.5h11a2 2 0 0 1 2 2v13a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2v-13a2 2 0 0 1 2-2Z",
            "M11.5 12a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4Z",
            "M7.8 16.5c.5-1.7 1.9-2.5 3.7-2.500s3.2.8 3.7 2.5",
            "M21.5 7v2.500M21.5 12v2.5",
        ],
    ),
    (Icon::Down, &["M5.5 9l6.5 6.500L18.5 9"]),
    (Icon::Download, &["M12 4v11M6.5 10l5.5 5.500L17.5 10M4.5 20h15"]),
    (Icon::Edit, &["M4 20l1-4.500L16.5 4l3.5 3.500L8.5 19 4 20ZM14 6.500l3.5 3.5"]),
    (Icon::File, &["M6.5 3h7.500l5 5v11a2 2 0 0 1-2 2H6.500a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2Z", "M14 3v5h5"]),
    (Icon::Forward, &["M13.5 5.500l7 6.5-7 6.500v-4c-4.5 0-7.5 1.2-10 4.5.5-5.5 4-9 10-9.500v-4Z"]),
    (Icon::Info, &["M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z", "M12 11v5.500M12 7.700v.2"]),
    (
        Icon::Laptop,
        &["M6 5h12a1.5 1.5 0 0 1 1.5 1.500V15h-15V6.500A1.5 1.5 0 0 1 6 5Z", "M2.5 18.500h19L19.5 15h-15l-2 3.500Z"],
    ),
    (Icon::Left, &["M15 5.5 8.5 12l6.5 6.5"]),
    (
        Icon::Lock,
        &[
            "M6.5 10.500h11a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2h-11a2 2 0 0 1-2-2v-6a2 2 0 0 1 2-2Z",
            "M8 10.500V7.500a4 4 0 0 1 8 0v3",
            "M12 14.500v2",
        ],
    ),
    (Icon::Log, &["M5 3.500h14v17l-2.8-1.8-2.1 1.8-2.1-1.8-2.1 1.8-2.1-1.800L5 20.500v-17Z", "M9 8h6M9 12h6"]),
    (Icon::Logout, &["M14 4.500H6.500a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2H14M10 12h10.500M16.5 8l4 4-4 4"]),
    (Icon::Me, &["M12 11.500a4 4 0 1 0 0-8 4 4 0 0 0 0 8Z", "M4.5 20.500c.7-3.6 3.6-5.5 7.5-5.500s6.8 1.9 7.5 5.5"]),
    (
        Icon::More,
        &[
            "M5.5 11.300a.7.7 0 1 0 0 1.4.7.7 0 0 0 0-1.400ZM12 11.300a.7.7 0 1 0 0 1.4.7.7 0 0 0 0-1.400ZM18.5 11.300a.7.7 0 1 0 0 1.4.7.7 0 0 0 0-1.400Z",
        ],
    ),
    (
        Icon::Offline,
        &[
            "M3.5 3.500l17 17M12 19.500h.01",
            "M8.7 15.700a5 5 0 0 1 5.2-1.200M5.3 12.200a9.6 9.6 0 0 1 4.2-2.500M14 9.500a9.7 9.7 0 0 1 4.7 2.700M2 8.700a14.2 14.2 0 0 1 4.6-2.900M10.5 5a14.4 14.4 0 0 1 11.5 3.7",
        ],
    ),
    (
        Icon::Phone,
        &["M8 2.500h8a2 2 0 0 1 2 2v15a2 2 0 0 1-2 2H8a2 2 0 0 1-2-2v-15a2 2 0 0 1 2-2Z", "M10.8 18.500h2.4"],
    ),
    (
        Icon::Pin,
        &[
            "M12 21.500c4.6-4.4 7-7.9 7-11.200a7 7 0 1 0-14 0c0 3.3 2.4 6.8 7 11.200Z",
            "M12 12.800a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.200Z",
        ],
    ),
    (Icon::Plus, &["M12 5v14M5 12h14"]),
    (Icon::Qr, &["M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4z", "M14 14h2.500v2.500M20 14v6h-3M14 19.500v.5"]),
    (
        Icon::Refresh,
        &[
            "M20 11.500A8 8 0 0 0 5.5 7.300L3.5 9.500M3.5 4.500v5h5",
            "M4 12.500a8 8 0 0 0 14.5 4.200l2-2.200M20.5 19.500v-5h-5",
        ],
    ),
    (Icon::Reply, &["M10.5 5.500l-7 6.5 7 6.500v-4c4.5 0 7.5 1.2 10 4.5-.5-5.5-4-9-10-9.500v-4Z"]),
    (Icon::Right, &["M9 5.500l6.5 6.500L9 18.5"]),
    (Icon::Search, &["M10.5 17.500a7 7 0 1 0 0-14 7 7 0 0 0 0 14Z", "M20.5 20.5 15.6 15.6"]),
    (Icon::Send, &["M12 19.500V5M5.5 11.3 12 4.800l6.5 6.5"]),
    (
        Icon::Shield,
        &[
            "M12 3 4.5 5.700v5.600c0 4.4 2.9 7.7 7.5 9.7 4.6-2 7.5-5.3 7.5-9.700V5.700L12 3Z",
            "M8.5 11.8 11.2 14.5 15.7 9.5",
        ],
    ),
    (
        Icon::Sliders,
        &[
            "M4 7h9M18 7h2M4 17h2M11 17h9",
            "M15.5 9.500a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM8.5 19.500a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z",
        ],
    ),
    (Icon::Timer, &["M12 21a8 8 0 1 0 0-16 8 8 0 0 0 0 16Z", "M12 9v4.200M9.5 2.500h5", "M18.3 5.7 19.8 7.2"]),
    (Icon::Trash, &["M4.5 6.500h15M9.5 6.500v-2h5v2M6.5 6.500l1 14h9l1-14M10.3 10.500v6M13.7 10.500v6"]),
    (Icon::Upload, &["M12 15.500V4.500M6.5 9.5 12 4l5.5 5.500M4.5 20h15"]),
    (
        Icon::Userplus,
        &[
            "M10 11.500a3.7 3.7 0 1 0 0-7.4 3.7 3.7 0 0 0 0 7.400Z",
            "M3 20c.6-3.4 3.2-5.2 7-5.2 1.7 0 3.2.4 4.4 1.1",
            "M18.5 14.500v6M15.5 17.500h6",
        ],
    ),
    (
        Icon::Users,
        &[
            "M9 11.500a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Z",
            "M2.5 19.500c.6-3.2 3-5 6.5-5s5.9 1.8 6.5 5",
            "M15.5 4.800a3.5 3.5 0 0 1 0 6.400M18 14.900c1.9.8 3.1 2.4 3.5 4.6",
        ],
    ),
    (Icon::Warn, &["M12 4 2.8 19.500h18.400L12 4Z", "M12 10v4.500M12 17v.2"]),
    (Icon::X, &["M6 6l12 12M18 6 6 18"]),
];
