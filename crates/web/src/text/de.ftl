# Rohrpost auf Deutsch: der Messenger. Formelles Sie, keine Fachwörter.

# Allgemeines
loading = Wird geladen
close = Schließen
cancel = Abbrechen
remove = Entfernen
try-again = Erneut versuchen
reload = Neu laden
back = Zurück
back-to-list = Zurück zur Liste
search = Suchen
skip = Zum Inhalt springen
you = Sie
copied = Kopiert.
not-copied = Das Kopieren wurde vom Browser verhindert.
nothing-found = Nichts gefunden.
nobody-found = Niemand gefunden.
today = Heute
yesterday = Gestern
time-today = heute, { $clock } Uhr
time-yesterday = gestern, { $clock } Uhr
time-date = { $date }, { $clock } Uhr
weekday-0 = Sonntag
weekday-1 = Montag
weekday-2 = Dienstag
weekday-3 = Mittwoch
weekday-4 = Donnerstag
weekday-5 = Freitag
weekday-6 = Samstag
weekday-short-0 = So.
weekday-short-1 = Mo.
weekday-short-2 = Di.
weekday-short-3 = Mi.
weekday-short-4 = Do.
weekday-short-5 = Fr.
weekday-short-6 = Sa.
left-hours = { $count } Std.
left-days = { $count ->
    [one] 1 Tag
   *[other] { $count } Tage
}
span-seconds = { $count } Sekunden
span-minutes = { $count ->
    [one] 1 Minute
   *[other] { $count } Minuten
}
span-hours = { $count ->
    [one] 1 Stunde
   *[other] { $count } Stunden
}
span-days = { $count ->
    [one] 1 Tag
   *[other] { $count } Tage
}
month-1 = Januar
month-2 = Februar
month-3 = März
month-4 = April
month-5 = Mai
month-6 = Juni
month-7 = Juli
month-8 = August
month-9 = September
month-10 = Oktober
month-11 = November
month-12 = Dezember

# Fehler
error-store = Dieses Gerät konnte nicht speichern. Bitte versuchen Sie es erneut. ({ $said })
error-storage-full = Der Speicher dieses Browsers ist voll. Nichts ging verloren. Löschen Sie Nachrichten mit großen Dateien oder geben Sie auf dem Gerät Platz frei.
error-unsupported = Dieser Browser lässt Rohrpost nichts speichern. Öffnen Sie die Seite in einem gewöhnlichen Fenster, nicht in einem privaten, und mit einem aktuellen Browser.
error-broken = Das hat nicht geklappt. Bitte laden Sie die Seite neu.

# Vor der Liste
start-welcome = Guten Tag
start-welcome-text = Ihre Behörde lädt Sie mit einem Link ein. Öffnen Sie ihn hier im Browser oder fügen Sie ihn ein.
start-link = Einladungslink
start-enter = Weiter
start-found = Neue Behörde anlegen
start-failed = Rohrpost kann nicht starten
start-over = Von vorn beginnen
accounts = Welches Konto?
accounts-text = In diesem Browser sind mehrere Konten eingerichtet. Jedes öffnet sich in einem eigenen Tab.
account-unnamed = Noch nicht eingerichtet
account-busy = in anderem Tab
other-tab = Rohrpost ist schon geöffnet
other-tab-text = Dieses Konto läuft in einem anderen Tab dieses Browsers. Damit nichts doppelt gesendet wird, ist immer nur einer aktiv. Entwürfe bleiben erhalten.
other-tab-hint = Oder wechseln Sie zum anderen Tab und schließen Sie diesen.
use-here = Hier verwenden
crashed = Rohrpost wurde unterbrochen
crashed-text = Ihre Nachrichten sind sicher auf diesem Gerät. Laden Sie die Seite neu, dann geht es weiter.
founding = Die Behörde wird angelegt
founding-text = Der Server wird eingerichtet. Das dauert nur einen Augenblick.
enrol-waiting = Wartet auf Freigabe
enrol-waiting-text = Die Verwaltung Ihrer Behörde gibt dieses Gerät frei. Danach geht es von selbst weiter.
enrol-offline = Der Server ist gerade nicht zu erreichen. Sobald er es ist, geht es von selbst weiter.
enrol-step-checked = Einladung geprüft
enrol-step-approval = Freigabe durch die Verwaltung
enrol-may-close = Sie können diese Seite schließen und später wiederkommen.
enrol-server = Server: { $server }
enrol-progress = Einrichtung, Schritt 2 von 3
enrol-refused = Diese Einladung gilt nicht
enrol-refused-text = Bitten Sie Ihre Verwaltung um eine neue Einladung.
revoked = Dieses Gerät wurde gesperrt
revoked-text = Die Verwaltung ({ $authority }) hat den Zugang beendet. Alle Nachrichten auf diesem Gerät wurden gelöscht.
found = Neue Behörde
found-text = Sie werden die erste Person der Verwaltung. Danach laden Sie die Beschäftigten ein.
found-name = Name der Behörde
found-admin = Ihr Name
found-passphrase = Passwort für die Stammdatei
found-passphrase-again = Passwort wiederholen
found-passphrase-text = Mit Stammdatei und Passwort wird später bestimmt, wer zur Verwaltung gehört. Beides lässt sich nicht wiederherstellen.
found-code = Einrichtungscode des Servers
found-code-text = Der Server zeigt ihn beim ersten Start. Auf dem eigenen Rechner ist keiner nötig.
found-do = Behörde anlegen
field-empty = Bitte ausfüllen.
field-differs = Die beiden Passwörter sind verschieden.
root-file = Stammdatei aufbewahren
root-file-text = Die versiegelte Stammdatei wurde heruntergeladen. Legen Sie sie an einen sicheren Ort außerhalb dieses Rechners. Im Browser bleibt sie nicht.
root-file-again = Noch einmal herunterladen
root-file-kept = Sie liegt sicher

# Rahmen
areas = Hauptbereiche
area-list = Unterhaltungen
area-people = Verzeichnis
area-admin = Verwaltung
area-me = Ich
list-label = Liste
nothing-chosen = Wählen Sie eine Unterhaltung
nothing-chosen-press = Oder drücken Sie
nothing-chosen-type = und tippen Sie einen Namen oder ein Wort.
ctrl-k = Strg K
update-ready = Neue Version bereit
update-now = Jetzt laden
development = Entwicklungsstand

# Liste
conversations = Unterhaltungen
new-conversation = Neue Unterhaltung
begin-conversation = Unterhaltung beginnen
filter = Filter
filter-all = Alle
filter-unread = Ungelesen
filter-groups = Gruppen
no-post = Noch keine Post
no-post-text = Schreiben Sie einer Person oder legen Sie eine Gruppe an.
own-devices = Meine Geräte
draft = Entwurf:
left = verlassen
no-message = Noch keine Nachricht
photo = Foto
message = Nachricht
forwarded-message = Weitergeleitete Nachricht
row-you = Sie: { $text }
row-waiting = { $count ->
    [one] 1 Nachricht wartet
   *[other] { $count } Nachrichten warten
}
unread-count = { $count ->
    [one] 1 ungelesen
    [1000] mehr als 999 ungelesen
   *[other] { $count } ungelesen
}
banner-offline = Kein Netz
banner-unreachable = Server nicht erreichbar
head-offline = Kein Netz. Was Sie senden, geht von selbst hinaus, sobald wieder eines da ist.
head-unreachable = Der Server ist nicht erreichbar. Was Sie senden, geht von selbst hinaus, sobald er antwortet.
banner-waiting = { $count ->
    [0] Sie können weiter lesen und schreiben.
    [one] 1 Nachricht wartet und geht von selbst hinaus.
   *[other] { $count } Nachrichten warten und gehen von selbst hinaus.
}
spoken-message = Neue Nachricht von { $who }: { $text }
spoken-message-here = { $who }: { $text }

# Unterhaltung
messages = Nachrichten
search-here = Suchen
details = Einzelheiten
kind-own = Nur für Sie
kind-direct = Ende-zu-Ende-verschlüsselt
kind-group = { $count ->
    [one] Gruppe · 1 Person
   *[other] Gruppe · { $count } Personen
}
kind-group-left = Gruppe · verlassen
thread-empty = Nur die Beteiligten können lesen, was hier steht.
loading-older = Ältere Nachrichten werden geladen
new-messages = { $count ->
    [one] 1 neue Nachricht
    [1000] Mehr als 999 neue Nachrichten
   *[other] { $count } neue Nachrichten
}
to-newest = Zu den neuesten Nachrichten
message-expired = Nachricht abgelaufen
message-gap = Was während Ihrer Abwesenheit hier stand, ist abgelaufen.
message-deleted = Bei Ihnen gelöscht
notice-joined = { $who } ist dabei und liest ab jetzt mit
notice-leaves = { $who } verlässt die Gruppe
notice-gone = { $who } ist nicht mehr in der Gruppe
notice-you-are-out = Sie sind nicht mehr in dieser Gruppe
notice-set-up-anew = { $who } hat die Gruppe neu eingerichtet
notice-not-forwarded = Nicht weitergeleitet: Der Anhang ist nicht mehr auf dem Server
captured = aufgenommen
captured-at = aufgenommen { $when }
forwarded-from = Ursprünglich von { $who }{ $unit }, { $when } ·
forwarded-verified = unverändert ✓
forwarded-unverified = nicht nachweisbar ✗
quote-gone = Die Nachricht ist nicht mehr auf diesem Gerät.
sending = Wird gesendet …
state-waiting = wird gesendet
state-stored = auf dem Server
state-delivered = zugestellt
expires-in = läuft ab in
expires-after-reading = läuft nach dem Lesen ab in
waiting-offline = Noch nicht übertragen: kein Netz
waiting-unreachable = Noch nicht übertragen: Server nicht erreichbar
waiting-because = Wartet: { $why }
uploading = Wird hochgeladen
downloading = Wird heruntergeladen
cancel-send = Nicht senden
message-menu = Was mit der Nachricht geschehen soll
reply = Antworten
forward = Weiterleiten
copy-text = Text kopieren
delete-here = Bei mir löschen
attachment-gone = Nicht mehr auf dem Server. Bitten Sie den Absender darum.
picture-load = Laden ({ $size })
picture-broken = Lässt sich nicht anzeigen. Tippen zum Speichern.
picture-open = Bild { $name } öffnen
file-loading = { $done } von { $total }
file-waiting = Wartet auf das Netz
file-save = { $name } speichern
save = Speichern
previous = Vorheriges Bild
next = Nächstes Bild

# Eingabe
message-to = Nachricht an { $name }
write-message = Nachricht schreiben
send = Senden
attach = Anhang, Ort, Ablauf
attach-file = Dateien anhängen
attachments = Anhänge
take-photo = Foto aufnehmen
add-place = Ort hinzufügen
photo-original = Fotos im Original
photo-original-text = Mit allen Angaben der Kamera und in voller Größe
reply-to = Antwort an { $name }
reply-drop = Antwort verwerfen
left-text = Sie sind nicht mehr in dieser Unterhaltung. Sie können lesen, was bis dahin geschrieben wurde.
drop-here = Hier ablegen
drop-here-text = Sie sehen alles noch einmal, bevor es hinausgeht.
file-preparing = wird vorbereitet
file-ready = bereit
file-remove = { $name } entfernen
expiry = Ablauf
expiry-text = Nach dieser Zeit verschwindet die Nachricht auf allen Geräten. Wer sie liest, kann sie vorher abschreiben oder fotografieren.
expiry-never = Gar nicht
expiry-option-after = { $span } nach dem Lesen
expiry-after = läuft { $span } nach dem Lesen ab
expiry-at = läuft ab: { $when }
expiry-moment = Zu einem Zeitpunkt
expiry-set = Übernehmen

# Neu, Weiterleiten, Einzelheiten
search-people = Person oder Stelle
people = Personen
not-set-up = noch nicht eingerichtet
new-choose = Wählen Sie mindestens eine Person
new-direct = Unterhaltung beginnen
new-group = Gruppe mit { $count } anlegen
group-name = Name der Gruppe
search-forward = Unterhaltung oder Person
forward-text = Wer die Nachricht geschrieben hat und wann, bleibt nachweisbar dabei.
forwarded = Weitergeleitet.
members = Mitglieder
media = Medien
files = Dateien
no-media = Noch keine Bilder.
no-files = Noch keine Dateien.
leads = Leitet
member-waits = wird aufgenommen, sobald ein Gerät eingerichtet ist
add-member = Hinzufügen
add-members = { $count ->
    [0] Personen wählen
    [one] 1 Person hinzufügen
   *[other] { $count } Personen hinzufügen
}
remove-member = { $name } aus der Gruppe entfernen
remove-member-ask = Aus der Gruppe entfernen?
remove-member-text = { $name } liest ab dann nicht mehr mit. Was bis dahin geschrieben wurde, bleibt auf den Geräten.
remove-member-do = Entfernen
leave = Gruppe verlassen
leave-ask = Gruppe verlassen?
leave-text = Sie lesen ab dann nicht mehr mit. Was bis dahin geschrieben wurde, bleibt auf diesem Gerät.
palette = Suchen und springen
palette-hint = Person, Unterhaltung oder Wort
palette-walk = wählen
palette-open = öffnen
palette-message = in { $name }, { $when }
palette-hint-in = In { $name } suchen
search-messages = In allen Nachrichten suchen
acts-log = Protokoll der Verwaltung
file-ready-noted = bereit, mit den Angaben der Kamera
revoked-text-plain = Die Verwaltung Ihrer Behörde hat den Zugang beendet. Alle Nachrichten auf diesem Gerät wurden gelöscht.
message-that-goes = Nachricht, die abläuft
