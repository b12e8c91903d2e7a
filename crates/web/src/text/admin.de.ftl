# Die Verwaltung, das Verzeichnis und die Einstellungen auf Deutsch. Formelles Sie, keine Fachwörter.

# Rahmen der Verwaltung
admin-title = Verwaltung
admin-rooms = Bereiche der Verwaltung
admin-people = Personen
admin-pending = Freigaben
admin-import = Liste importieren
admin-acts = Protokoll
admin-promise = Die Verwaltung sieht weder Nachrichten noch wer mit wem schreibt oder wann jemand aktiv war.
admin-only = Nur für die Verwaltung
admin-only-text = Personen einladen, freigeben und sperren kann nur die Verwaltung Ihrer Behörde. Was sie getan hat, können alle Beschäftigten im Protokoll lesen.
admin-failed = Das ließ sich nicht laden
admin-busy = Einen Moment …
admin-finished = Fertig
admin-filter = Filter
admin-chip = { $what } · { $shown }
admin-act-on = { $what }: { $name }
admin-none = Keine Einträge
admin-span = { $first }–{ $end } von { $total }
admin-page-back = Vorige Seite
admin-page-on = Nächste Seite

# Personen
admin-name = Name
admin-unit = Stelle
admin-devices = Geräte
admin-standing = Stand
admin-actions = Aktionen
admin-actions-for = Aktionen für { $name }
admin-search-people = Name oder Stelle
admin-devices-sum = { $count ->
    [one] 1 Gerät eingerichtet
   *[other] { $shown } Geräte eingerichtet
}
admin-device-count = { $count ->
    [0] Noch kein Gerät
    [one] 1 Gerät
   *[other] { $shown } Geräte
}
admin-all = Alle
admin-only-waiting = Wartet auf Freigabe
admin-only-invited = Eingeladen
admin-only-locked = Gesperrt
admin-set-up = eingerichtet
admin-invited = eingeladen
admin-waiting = 1 Gerät wartet
admin-locked = gesperrt
admin-administrator = Verwaltung
admin-you = Sie
admin-alone = Noch niemand eingeladen
admin-alone-text = Laden Sie eine Person ein oder importieren Sie eine Liste. Jede Person erhält einen Link, mit dem sie ihr Gerät einrichtet.
admin-nobody-found = Ändern Sie die Suche oder den Filter.

# Eine Person
admin-no-unit = Ohne Stelle
admin-person-waits = Ein Gerät dieser Person wartet auf Freigabe.
admin-to-pending = Zu den Freigaben
admin-person-own = Das sind Sie. Sich selbst können Sie nicht sperren.
admin-person-locked = Diese Person ist gesperrt. Das lässt sich nicht rückgängig machen. Soll sie wieder dabei sein, laden Sie sie neu ein.
admin-new-link = Neuen Link erzeugen
admin-new-link-text = Der bisherige Link gilt dann nicht mehr.
admin-grant = Zur Verwaltung machen
admin-grant-text = Kann danach einladen, freigeben und sperren. Sie brauchen dafür die Stammdatei.
admin-grant-ask = { $name } kann danach Personen einladen, freigeben und sperren. Alle Beschäftigten sehen das im Protokoll.
admin-grant-yes = Zur Verwaltung machen
admin-granted = Die Person gehört jetzt zur Verwaltung.
admin-lock = Person sperren
admin-lock-text = Beendet den Zugang sofort und auf allen Geräten.
admin-lock-heading = Person sperren?
admin-lock-ask = { $name } verliert sofort den Zugang und wird aus allen Gruppen entfernt. Ihre Geräte löschen die Nachrichten, sobald sie das nächste Mal verbunden sind; erzwingen lässt sich das nicht. Das Sperren kann nicht rückgängig gemacht werden.
admin-lock-admin-ask = { $name } gehört zur Verwaltung. Zum Sperren brauchen Sie die Stammdatei und ihr Passwort. Der Zugang endet sofort, auch in allen Gruppen, und alle offenen Einladungen werden ungültig. Das kann nicht rückgängig gemacht werden.
admin-lock-yes = Sperren
admin-locked-out = Die Person ist gesperrt.
admin-root-file = Stammdatei (rohrpost-root.sealed)
admin-root-passphrase = Passwort der Stammdatei
admin-root-empty = Bitte geben Sie das Passwort ein.
admin-root-missing = Bitte wählen Sie die Stammdatei.
admin-root-unreadable = Diese Datei ist keine Stammdatei.
admin-root-text = Die Datei wird nur für diesen Schritt gelesen und nirgends gespeichert. Legen Sie sie danach wieder an ihren sicheren Ort.

# Einladen
admin-invite = Person einladen
admin-invite-name = Name
admin-invite-unit = Stelle (kann frei bleiben)
admin-invite-text = So erscheint die Person im Verzeichnis aller Beschäftigten.
admin-invite-make = Link erzeugen
admin-invite-next = Weitere Person einladen
admin-link = Einladungslink
admin-link-for = Einladung für { $name }
admin-link-text = Geben Sie diesen Link nur an { $name } weiter, am besten persönlich.
admin-link-copy = Link kopieren
admin-link-hint = Wer den Link hat, kann als diese Person ein Gerät einrichten. Er gilt 14 Tage und nur einmal.
admin-link-code = QR-Code der Einladung für { $name }
admin-link-no-code = Für einen QR-Code ist der Link zu lang.

# Liste importieren
admin-import-text = Viele Personen auf einmal einladen. Sie sehen erst, was geschehen wird.
admin-import-template = Vorlage sichern
admin-import-template-file = rohrpost-vorlage.csv
admin-import-example-unit = Tiefbauamt
admin-import-drop = Legen Sie hier eine CSV-Datei ab, zum Beispiel aus einer Tabelle des Personalamts.
admin-import-choose = Datei auswählen
admin-import-paste = Oder Zeilen aus einer Tabelle einfügen
admin-import-placeholder =
    Name; Stelle
    Ada Beispiel; Tiefbauamt
admin-import-check-paste = Prüfen
admin-import-pasted = Eingefügte Zeilen
admin-import-columns = Die erste Zeile nennt die Spalten: „Name“ oder „Vorname“ und „Nachname“, dazu „Stelle“, „Amt“ oder „Abteilung“. Andere Spalten werden nicht gelesen. Die Liste bleibt auf diesem Gerät.
admin-import-empty = In der Datei steht niemand. Sie braucht eine Zeile mit den Namen der Spalten und darunter die Personen.
admin-import-no-names = Es fehlt eine Spalte mit Namen. Nennen Sie sie in der ersten Zeile „Name“ oder „Vorname“ und „Nachname“.
admin-import-too-large = Die Datei ist zu groß. Bis zu 5.000 Personen lassen sich auf einmal einladen.
admin-import-unreadable = Diese Datei lässt sich nicht lesen. Sichern Sie die Tabelle als CSV-Datei und versuchen Sie es noch einmal.
admin-import-check = Import prüfen
admin-import-back = Andere Liste wählen
admin-import-summary = { $count ->
    [one] { $name } · 1 Zeile · noch wurde nichts geändert
   *[other] { $name } · { $shown } Zeilen · noch wurde nichts geändert
}
admin-import-guessed = Die Datei nennt ihre Zeichen nicht eindeutig. Bitte sehen Sie nach, ob Umlaute richtig erscheinen.
admin-line = Zeile
admin-happens = Was geschieht
admin-fate-new = wird eingeladen
admin-fate-known = schon im Verzeichnis, bleibt unverändert
admin-fate-locked = gesperrt, wird übergangen
admin-fate-twice = steht doppelt in der Liste, wird übergangen
admin-fate-beyond = über 5.000 Personen, wird übergangen
admin-flaw-no-name = Name fehlt, wird übergangen
admin-flaw-long-name = Name ist zu lang, wird übergangen
admin-flaw-long-unit = Stelle ist zu lang, wird übergangen
admin-flaw-control = enthält unsichtbare Zeichen, wird übergangen
admin-sum-new = { $count ->
    [one] wird eingeladen
   *[other] werden eingeladen
}
admin-sum-known = { $count ->
    [one] ist schon da
   *[other] sind schon da
}
admin-sum-left-out = { $count ->
    [one] wird übergangen
   *[other] werden übergangen
}
admin-sum-flawed = { $count ->
    [one] Zeile mit Fehler
   *[other] Zeilen mit Fehler
}
admin-show-odd = Auffällige
admin-show-flawed = Fehler
admin-show-all = Alle Zeilen
admin-import-no-lines = Hier steht keine Zeile.
admin-import-will = { $count ->
    [0] Niemand wird eingeladen.
    [one] 1 Person wird eingeladen. Das wird im Protokoll festgehalten.
   *[other] { $shown } Personen werden eingeladen. Das wird im Protokoll festgehalten.
}
admin-import-do = { $count ->
    [0] Niemanden einladen
    [one] 1 Person einladen
   *[other] { $shown } Personen einladen
}
admin-import-busy = { $count ->
    [one] 1 Einladung wird erzeugt
   *[other] { $shown } Einladungen werden erzeugt
}
admin-import-busy-text = Danach sichern Sie die Links als Datei. Bitte lassen Sie die Seite so lange offen.
admin-import-done = Einladungen sind bereit
admin-import-invited = { $count ->
    [one] 1 Person ist eingeladen. Ihr Link gilt 14 Tage.
   *[other] { $shown } Personen sind eingeladen. Ihre Links gelten 14 Tage.
}
admin-import-keep-safe = Die Datei mit den Links wurde heruntergeladen. Wer einen Link hat, kann als diese Person ein Gerät einrichten: Bewahren Sie die Datei sicher auf und löschen Sie sie, wenn alle Links verteilt sind.
admin-import-save = Datei noch einmal sichern
admin-import-file = rohrpost-einladungen.csv
admin-link-column = Link

# Freigaben
admin-pending-text = Neue Geräte hereinlassen und offene Einladungen im Blick behalten.
admin-pending-count = { $count ->
    [one] 1 Gerät wartet
   *[other] { $shown } Geräte warten
}
admin-waiting-heading = Wartet auf Freigabe
admin-nobody-waits = Kein Gerät wartet.
admin-since = Seit
admin-approve = Freigeben
admin-approved = Freigegeben.
admin-reject = Ablehnen
admin-reject-heading = Gerät ablehnen?
admin-reject-ask = Das Gerät von { $name } kommt nicht herein, und der Einladungslink gilt nicht mehr. Sie können der Person danach einen neuen Link geben.
admin-reject-yes = Ablehnen
admin-rejected = Abgelehnt.
admin-approval = Wie neue Geräte hereinkommen
admin-automatic = Von selbst
admin-automatic-text = Der Link genügt: Dieses Gerät gibt neue Geräte frei, sobald es verbunden ist. Wer einen fremden Link findet, kommt damit herein.
admin-by-hand = Nach Prüfung
admin-by-hand-text = Jedes neue Gerät wartet, bis Sie es freigeben. Fragen Sie vorher bei der Person nach. Geräte, die schon warten, kommen herein, wenn Sie auf „Von selbst“ wechseln.
admin-invitations = Offene Einladungen
admin-no-invitations = Sie haben keine offenen Einladungen.
admin-valid = Gültig
admin-until = bis { $date }
admin-expired = abgelaufen

# Protokoll
admin-acts-text = Jede Handlung der Verwaltung, die neueste zuerst.
admin-acts-seal = Von allen Beschäftigten einsehbar; signiert.
admin-acts-seal-text = Jeder Eintrag ist von einem Gerät der Verwaltung unterschrieben.
admin-acts-save = Als Datei sichern
admin-acts-file = rohrpost-protokoll.csv
admin-acts-saved = Das Protokoll wurde gesichert.
admin-acts-none = Noch steht nichts im Protokoll.
admin-acts-older = Ältere laden
admin-when = Wann
admin-who = Wer
admin-what = Was
admin-act-somebody = eine Person
admin-act-founded = { $who } hat die Behörde angelegt
admin-act-invited = { $who } hat { $whom } eingeladen
admin-act-approved = { $who } hat ein Gerät von { $whom } freigegeben
admin-act-locked = { $who } hat { $whom } gesperrt
admin-act-device-locked = { $who } hat ein Gerät von { $whom } gesperrt
admin-act-granted = { $who } hat { $whom } zur Verwaltung gemacht
admin-act-administrator-locked = { $who } hat { $whom } aus der Verwaltung genommen
admin-act-policy = { $who } hat eine Regel geändert
admin-act-refused = { $who } hat ein Gerät von { $whom } abgelehnt

# Verzeichnis
people-heading = Verzeichnis
people-search = Name oder Stelle
people-unit = Nur eine Stelle zeigen
people-all-units = Alle Stellen
people-found = { $count ->
    [0] Niemand gefunden.
    [one] 1 Person gefunden.
   *[other] { $shown } Personen gefunden.
}
people-nobody = Versuchen Sie einen Teil des Namens oder eine andere Stelle.
people-own = Das sind Sie: öffnet „Meine Geräte“
people-administrator = Verwaltung
people-not-set-up = noch nicht eingerichtet
people-locked = gesperrt
people-log = Protokoll der Verwaltung

# Ich
set-heading = Ich
set-administrator = Verwaltung
set-administration = Verwaltung der Behörde
set-cockpit = Verwaltung
set-cockpit-text = Personen einladen, freigeben und sperren
set-acts = Protokoll
set-acts-text = Was die Verwaltung getan hat
set-display = Anzeige
set-language = Sprache
set-german = Deutsch
set-english = English
set-theme = Farben
set-theme-system = Wie das System
set-theme-light = Hell
set-theme-dark = Dunkel
set-writing = Schreiben
set-enter = Die Eingabetaste
set-enter-sends = sendet die Nachricht
set-enter-breaks = beginnt eine neue Zeile
set-storage = Speicher
set-storage-used = { $used } von { $quota } belegt
set-storage-meter = Belegter Speicher in Prozent
set-storage-full = Der Speicher ist fast voll. Löschen Sie Nachrichten mit großen Dateien oder geben Sie auf dem Gerät Platz frei.
set-storage-kept = Der Browser behält die Nachrichten auch, wenn Platz knapp wird.
set-storage-not-kept = Wird der Platz knapp, darf der Browser die Nachrichten auf diesem Gerät löschen.
set-storage-keep = Dauerhaft behalten
set-storage-refused = Der Browser sagt noch nicht zu. Oft hilft es, Rohrpost zu installieren oder als Lesezeichen abzulegen.
set-device = Dieses Gerät
set-browser = Browser
set-browser-unknown = Unbekannt
set-server-address = Server
set-install = Rohrpost installieren
set-install-text = Im Menü des Browsers: „App installieren“ oder „Zum Startbildschirm hinzufügen“.
set-forget = Konto von diesem Gerät entfernen
set-forget-text = Alle Nachrichten auf diesem Gerät werden gelöscht.
set-forget-heading = Konto entfernen?
set-forget-ask = Alle Nachrichten und Dateien auf diesem Gerät werden gelöscht. Auf Ihren anderen Geräten und bei anderen Personen bleiben sie. Um hier wieder hereinzukommen, muss die Verwaltung Sie neu einladen.
set-forget-waiting = { $count ->
    [one] 1 Nachricht ist noch nicht übertragen und geht verloren.
   *[other] { $count } Nachrichten sind noch nicht übertragen und gehen verloren.
}
set-forget-administrator = Sie gehören zur Verwaltung: Einladungen, die Sie auf diesem Gerät erzeugt haben, werden dann nicht mehr beantwortet.
set-forget-yes = Konto entfernen
set-server = Was der Server weiß
set-knows = Was er weiß
set-knows-connections = Dass ein Gerät verbunden ist, wann und wie viel es überträgt.
set-knows-address = Die Internetadresse, solange die Verbindung steht. Ob sie aufgezeichnet wird, entscheidet der Betrieb.
set-knows-sizes = Wann verschlossene Nachrichten und Dateien ankommen und wie groß sie ungefähr sind.
set-cannot = Was er nicht wissen kann
set-cannot-contents = Was in Nachrichten, Fotos und Dateien steht.
set-cannot-names = Wie Personen, Gruppen und Stellen heißen. Auch das Verzeichnis ist für ihn unlesbar.
set-cannot-members = Wer in welcher Unterhaltung ist: Nichts, was er speichert, verbindet eine Person mit einer Unterhaltung.
set-cannot-administrators = Wer zur Verwaltung gehört.
set-open = Was sich nicht ausschließen lässt
set-open-correlate = Wer den Server betreibt und mitschreibt, kann aus Verbindungen, Zeiten und Mengen schließen, welche Geräte zusammengehören und wie groß Gruppen ungefähr sind.
set-open-pages = Wer veränderte Seiten ausliefert, kann alles mitlesen: Der Browser führt aus, was er bekommt. Die Prüfsumme unten hilft beim Vergleichen, doch auch sie könnte eine veränderte Seite fälschen.
set-open-people = Wer eine Nachricht lesen darf, kann sie behalten, abfotografieren und weitergeben.
set-about = Über Rohrpost
set-version = Version { $version }
set-release = Ausgabe { $version }, Prüfsumme:
set-release-text = Vergleichen Sie sie mit der, die Ihre Behörde veröffentlicht.
set-release-none = Zu dieser Ausgabe liegt keine Prüfsumme vor.
set-release-development = Entwicklungsstand, nicht für den echten Betrieb.
set-licence = Freie Software unter der EUPL-1.2.
