# The cockpit, the directory and the settings in English.

# The cockpit's frame
admin-title = Administration
admin-rooms = Areas of the administration
admin-people = People
admin-pending = Approvals
admin-import = Import a list
admin-acts = Log
admin-promise = The administration sees neither messages nor who writes to whom nor when anybody was active.
admin-only = For administrators only
admin-only-text = Only the administration of your authority can invite, approve and lock out people. What it did can be read by all staff in the log.
admin-failed = This could not be loaded
admin-busy = One moment …
admin-finished = Done
admin-filter = Filter
admin-chip = { $what } · { $shown }
admin-act-on = { $what }: { $name }
admin-none = No entries
admin-span = { $first }–{ $end } of { $total }
admin-page-back = Previous page
admin-page-on = Next page

# People
admin-name = Name
admin-unit = Unit
admin-devices = Devices
admin-standing = State
admin-actions = Actions
admin-actions-for = Actions for { $name }
admin-search-people = Name or unit
admin-devices-sum = { $count ->
    [one] 1 device set up
   *[other] { $shown } devices set up
}
admin-device-count = { $count ->
    [0] No device yet
    [one] 1 device
   *[other] { $shown } devices
}
admin-all = All
admin-only-waiting = Waiting for approval
admin-only-invited = Invited
admin-only-locked = Locked out
admin-set-up = set up
admin-invited = invited
admin-waiting = 1 device waits
admin-locked = locked out
admin-administrator = Administrator
admin-you = You
admin-alone = Nobody is invited yet
admin-alone-text = Invite a person or import a list. Each person gets a link to set up their device with.
admin-nobody-found = Change the search or the filter.

# One person
admin-no-unit = No unit
admin-person-waits = A device of this person waits for approval.
admin-to-pending = To the approvals
admin-person-own = This is you. You can’t lock yourself out.
admin-person-locked = This person is locked out. That can’t be undone. If they shall be back, invite them anew.
admin-new-link = Make a new link
admin-new-link-text = The old link is no longer valid then.
admin-grant = Make an administrator
admin-grant-text = Can invite, approve and lock out from then on. You need the root file for this.
admin-grant-ask = { $name } can invite, approve and lock out people from then on. All staff see this in the log.
admin-grant-yes = Make an administrator
admin-granted = This person is an administrator now.
admin-lock = Lock this person out
admin-lock-text = Ends their access at once and on all devices.
admin-lock-heading = Lock this person out?
admin-lock-ask = { $name } loses access at once and is removed from all groups. Their devices delete the messages as soon as they are connected again; this can’t be enforced. Locking out can’t be undone.
admin-lock-admin-ask = { $name } is an administrator. To lock them out you need the root file and its password. Access ends at once, in all groups too, and all open invitations become invalid. This can’t be undone.
admin-lock-yes = Lock out
admin-locked-out = This person is locked out.
admin-root-file = Root file (rohrpost-root.sealed)
admin-root-passphrase = Password of the root file
admin-root-empty = Please enter the password.
admin-root-missing = Please choose the root file.
admin-root-unreadable = This is not a root file.
admin-root-text = The file is read for this step only and stored nowhere. Put it back to its safe place afterwards.

# Inviting
admin-invite = Invite a person
admin-invite-name = Name
admin-invite-unit = Unit (may be left empty)
admin-invite-text = This is how the person appears in the directory of all staff.
admin-invite-make = Make a link
admin-invite-next = Invite another person
admin-link = Invitation link
admin-link-for = Invitation for { $name }
admin-link-text = Give this link to { $name } only, at best in person.
admin-link-copy = Copy the link
admin-link-hint = Whoever has the link can set up a device as this person. It is valid for 14 days and only once.
admin-link-code = QR code of the invitation for { $name }
admin-link-no-code = The link is too long for a QR code.

# Importing a list
admin-import-text = Invite many people at once. You see first what will happen.
admin-import-template = Save a template
admin-import-template-file = rohrpost-template.csv
admin-import-example-unit = Civil engineering
admin-import-drop = Drop a CSV file here, for example from a spreadsheet of the personnel office.
admin-import-choose = Choose a file
admin-import-paste = Or paste lines from a spreadsheet
admin-import-placeholder =
    Name; Unit
    Ada Example; Civil engineering
admin-import-check-paste = Check
admin-import-pasted = Pasted lines
admin-import-columns = The first line names the columns: “Name”, or “First name” and “Last name”, and “Unit” or “Department”. Other columns are not read. The list stays on this device.
admin-import-empty = Nobody is in this file. It needs a line with the names of the columns and the people below it.
admin-import-no-names = There is no column with names. Call it “Name”, or “First name” and “Last name”, in the first line.
admin-import-too-large = The file is too large. Up to 5,000 people can be invited at once.
admin-import-unreadable = This file can’t be read. Save the spreadsheet as a CSV file and try again.
admin-import-check = Check the import
admin-import-back = Choose another list
admin-import-summary = { $count ->
    [one] { $name } · 1 line · nothing was changed yet
   *[other] { $name } · { $shown } lines · nothing was changed yet
}
admin-import-guessed = The file does not say clearly how its letters are written. Please check that umlauts and accents look right.
admin-line = Line
admin-happens = What happens
admin-fate-new = will be invited
admin-fate-known = in the directory already, stays as it is
admin-fate-locked = locked out, is passed over
admin-fate-twice = twice in the list, is passed over
admin-fate-beyond = beyond 5,000 people, is passed over
admin-flaw-no-name = no name, is passed over
admin-flaw-long-name = the name is too long, is passed over
admin-flaw-long-unit = the unit is too long, is passed over
admin-flaw-control = has invisible characters, is passed over
admin-sum-new = { $count ->
    [one] will be invited
   *[other] will be invited
}
admin-sum-known = { $count ->
    [one] is there already
   *[other] are there already
}
admin-sum-left-out = { $count ->
    [one] is passed over
   *[other] are passed over
}
admin-sum-flawed = { $count ->
    [one] line with an error
   *[other] lines with errors
}
admin-show-odd = Needs a look
admin-show-flawed = Errors
admin-show-all = All lines
admin-import-no-lines = There is no line here.
admin-import-will = { $count ->
    [0] Nobody will be invited.
    [one] 1 person will be invited. This is kept in the log.
   *[other] { $shown } people will be invited. This is kept in the log.
}
admin-import-do = { $count ->
    [0] Invite nobody
    [one] Invite 1 person
   *[other] Invite { $shown } people
}
admin-import-busy = { $count ->
    [one] 1 invitation is being made
   *[other] { $shown } invitations are being made
}
admin-import-busy-text = You save the links as a file afterwards. Please leave this page open until then.
admin-import-done = The invitations are ready
admin-import-invited = { $count ->
    [one] 1 person is invited. The link is valid for 14 days.
   *[other] { $shown } people are invited. The links are valid for 14 days.
}
admin-import-keep-safe = The file with the links was downloaded. Whoever has a link can set up a device as that person: keep the file safe, and delete it when all links are handed out.
admin-import-save = Save the file again
admin-import-file = rohrpost-invitations.csv
admin-link-column = Link

# Approvals
admin-pending-text = Let new devices in and keep an eye on open invitations.
admin-pending-count = { $count ->
    [one] 1 device waits
   *[other] { $shown } devices wait
}
admin-waiting-heading = Waiting for approval
admin-nobody-waits = No device waits.
admin-since = Since
admin-approve = Approve
admin-approved = Approved.
admin-reject = Reject
admin-reject-heading = Reject this device?
admin-reject-ask = The device of { $name } does not get in, and the invitation link is no longer valid. You can give the person a new link afterwards.
admin-reject-yes = Reject
admin-rejected = Rejected.
admin-approval = How new devices get in
admin-automatic = By themselves
admin-automatic-text = The link is enough: this device approves new devices as soon as it is connected. Whoever finds somebody else’s link gets in with it.
admin-by-hand = After a check
admin-by-hand-text = Each new device waits until you approve it. Ask the person first. Devices that wait already get in when you change to “By themselves”.
admin-invitations = Open invitations
admin-no-invitations = You have no open invitations.
admin-valid = Valid
admin-until = until { $date }
admin-expired = expired

# Log
admin-acts-text = Everything the administration did, the newest first.
admin-acts-seal = Can be read by all staff; signed.
admin-acts-seal-text = Each entry is signed by a device of an administrator.
admin-acts-save = Save as a file
admin-acts-file = rohrpost-log.csv
admin-acts-saved = The log was saved.
admin-acts-none = Nothing is in the log yet.
admin-acts-older = Load older ones
admin-when = When
admin-who = Who
admin-what = What
admin-act-somebody = a person
admin-act-founded = { $who } founded the authority
admin-act-invited = { $who } invited { $whom }
admin-act-approved = { $who } approved a device of { $whom }
admin-act-locked = { $who } locked { $whom } out
admin-act-device-locked = { $who } locked out a device of { $whom }
admin-act-granted = { $who } made { $whom } an administrator
admin-act-administrator-locked = { $who } removed { $whom } from the administration
admin-act-policy = { $who } changed a rule
admin-act-refused = { $who } refused a device of { $whom }

# Directory
people-heading = Directory
people-search = Name or unit
people-unit = Show one unit only
people-all-units = All units
people-found = { $count ->
    [0] Nobody found.
    [one] 1 person found.
   *[other] { $shown } people found.
}
people-nobody = Try a part of the name or another unit.
people-own = This is you: opens “My devices”
people-administrator = Administrator
people-not-set-up = not set up yet
people-locked = locked out
people-log = Log of the administration

# Me
set-heading = Me
set-administrator = Administrator
set-administration = Administration of the authority
set-cockpit = Administration
set-cockpit-text = Invite, approve and lock out people
set-acts = Log
set-acts-text = What the administration did
set-display = Display
set-language = Language
set-german = Deutsch
set-english = English
set-theme = Colours
set-theme-system = As the system has it
set-theme-light = Light
set-theme-dark = Dark
set-writing = Writing
set-enter = The Enter key
set-enter-sends = sends the message
set-enter-breaks = begins a new line
set-storage = Storage
set-storage-used = { $used } of { $quota } used
set-storage-meter = Used storage in percent
set-storage-full = Storage is almost full. Delete messages with large files or free some space on the device.
set-storage-kept = The browser keeps the messages even when space gets short.
set-storage-not-kept = When space gets short, the browser may delete the messages on this device.
set-storage-keep = Keep for good
set-storage-refused = The browser does not promise it yet. It often helps to install Rohrpost or to bookmark it.
set-device = This device
set-browser = Browser
set-browser-unknown = Unknown
set-server-address = Server
set-install = Install Rohrpost
set-install-text = In the browser’s menu: “Install app” or “Add to home screen”.
set-forget = Remove the account from this device
set-forget-text = All messages on this device are deleted.
set-forget-heading = Remove the account?
set-forget-ask = All messages and files on this device are deleted. They stay on your other devices and with other people. To get in here again the administration must invite you anew.
set-forget-waiting = { $count ->
    [one] 1 message is not transmitted yet and gets lost.
   *[other] { $count } messages are not transmitted yet and get lost.
}
set-forget-administrator = You are an administrator: invitations you made on this device will no longer be answered.
set-forget-yes = Remove the account
set-server = What the server knows
set-knows = What it knows
set-knows-connections = That a device is connected, when, and how much it transmits.
set-knows-address = The internet address while the connection stands. Whether it is recorded is up to the operator.
set-knows-sizes = When sealed messages and files arrive and how large they are, roughly.
set-cannot = What it can’t know
set-cannot-contents = What messages, photos and files contain.
set-cannot-names = What people, groups and units are called. It can’t read the directory either.
set-cannot-members = Who is in which conversation: nothing it stores ties a person to a conversation.
set-cannot-administrators = Who the administrators are.
set-open = What can’t be ruled out
set-open-correlate = Whoever operates the server and records everything can conclude from connections, times and amounts which devices belong together and roughly how large groups are.
set-open-pages = Whoever serves altered pages can read everything: the browser runs what it is given. The checksum below helps to compare, but an altered page could forge it too.
set-open-people = Whoever may read a message can keep it, photograph it and pass it on.
set-about = About Rohrpost
set-version = Version { $version }
set-release = Release { $version }, checksum:
set-release-text = Compare it with the one your authority publishes.
set-release-none = There is no checksum for this release.
set-release-development = Development version, not for real use.
set-licence = Free software under the EUPL-1.2.
