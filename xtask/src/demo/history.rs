// SPDX-License-Identifier: EUPL-1.2
//! What happened in the town before: invented.

use super::town::{Guest, KATRIN, TOBIAS, Town, picture};
use anyhow::Result;

/// The other people of four offices.
pub const PEOPLE: &str = "name,unit
Ada Amtmann,Hauptamt
Bernd Brücker,Tiefbauamt
Carla Conrad,Jugendamt
Dilek Aydın,Jugendamt
Egon Ehlers,Bauhof
Frauke Friedrichsen,Ordnungsamt
Güler Şahin,Hauptamt
Hauke Hinrichs,Bauhof
Ingo Thomsen,Bauhof
Jannis Papadopoulos,Tiefbauamt
Kerstin Kühn,Ordnungsamt
Lale Yıldız,Hauptamt
Maximiliane von Hohenfels-Brockdorff,Jugendamt
Nguyễn Thị Hoa,Ordnungsamt
Ole Mühlbauer,Tiefbauamt
Paweł Wiśniewski,Bauhof
Quirin Quast,Hauptamt
Rosa Rößler,Jugendamt
Svenja Lorenzen,Jugendamt
Thorben Thießen,Bauhof
Ulrike Überall,Hauptamt
Viktor Voß,Ordnungsamt
Wiebke Sörensen,Hauptamt
Xenia Xanthos,Tiefbauamt
Yusuf Yılmaz,Ordnungsamt
Zofia Zielińska,Jugendamt
Anton Ahrens,Bauhof
Birgit Behn,Tiefbauamt
Claas Carstens,Bauhof
Dörte Dierks,Jugendamt
Emre Erdoğan,Ordnungsamt
Femke de Vries,Tiefbauamt
Gesa Goos,Hauptamt
Henning Hagge,Bauhof
Imke Iversen,Jugendamt
";

/// Groups that stand for functions, and who is in them; Katrin leads them.
pub const GROUPS: &[(&str, &[&str])] = &[
    ("Tiefbauamt Meldung", &["Aylin Demir", "Jonas Petersen", "Tobias Wulff"]),
    ("Bautrupp 2", &["Jonas Petersen", "Mehmet Kaya"]),
    ("Straße & Winterdienst", &["Aylin Demir", "Jonas Petersen", "Mehmet Kaya", "Tobias Wulff", "Henrike Brandt"]),
];

/// Writes to the guests before they are there: the messages wait with their senders and go out by themselves as soon as
/// there is a device.
///
/// # Errors
/// What the command line said.
pub fn write_ahead(town: &Town) -> Result<()> {
    use Guest::{Aylin, Henrike, Jonas, Mehmet};
    direct(town, TOBIAS, Aylin, "Moin Aylin, ich übernehme heute die Runde am Hafen.", None)?;
    direct(town, TOBIAS, Aylin, "Der Pegel steht noch hoch, bitte vorsichtig auf der Promenade.", Some("pegel.jpg"))?;
    direct(town, KATRIN, Aylin, "Meldungen bitte immer in „Tiefbauamt Meldung“, dann sehen es alle im Dienst.", None)?;
    direct(town, KATRIN, Jonas, "Guten Morgen Jonas, der Sperrplan für die Mühlenstraße liegt bei dir.", None)?;
    direct(town, KATRIN, Jonas, "So sieht die Absperrung von gestern aus.", Some("absperrung.jpg"))?;
    direct(town, TOBIAS, Jonas, "Fährt der Bus heute wieder durch die Mühlenstraße?", None)?;
    direct(town, KATRIN, Mehmet, "Hallo Mehmet, danke für gestern.", None)?;
    direct(town, KATRIN, Mehmet, "So soll es am Ende aussehen.", Some("behoben.jpg"))?;
    direct(town, KATRIN, Henrike, "Frau Brandt, die Rufbereitschaft für KW 48 steht.", None)
}

fn direct(town: &Town, from: &str, guest: Guest, text: &str, photo: Option<&str>) -> Result<()> {
    send(town, from, guest.name(), text, photo)
}

/// What stands in the group: told once, when there is somebody to read it.
///
/// # Errors
/// What the command line said.
pub fn tell_group(town: &mut Town) -> Result<()> {
    const NAME: &str = "Straße & Winterdienst";
    if town.has("told", NAME) {
        return Ok(());
    }
    let Some(id) = town.group(NAME).map(str::to_owned) else { return Ok(()) };
    send(town, KATRIN, &id, "Rufbereitschaft KW 48: Liste hängt im Bauhof aus.", None)?;
    send(town, KATRIN, &id, "Streusalz ist bestellt, kommt Donnerstag.", None)?;
    send(town, KATRIN, &id, "Wasser steht in der Unterführung, Pumpe läuft.", Some("schlagloch-nah.jpg"))?;
    town.note("told", NAME)
}

fn send(town: &Town, from: &str, to: &str, text: &str, photo: Option<&str>) -> Result<()> {
    let photo = photo.map(picture);
    let mut words = vec!["send", "--to", to];
    if let Some(photo) = photo.as_ref().and_then(|path| path.to_str()) {
        words.extend(["--attach", photo]);
    }
    words.push(text);
    town.rohrpost(from, &words).map(drop)
}
