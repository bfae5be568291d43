//! What `--help` says.

use mitta_words::words;

words! {
    about = "A meditation timer. Without a command it opens Mitta's window.",
        "Eine Uhr zum Meditieren. Ohne Befehl öffnet sich das Fenster von Mitta.";
    more = "\
The data folder is the one of the window; MITTA_DATA_DIR names another. The language is the one
chosen in the window, else that of the system; dates are typed as YYYY-MM-DD in every language.

With --json, results are JSON on the standard output (one document; one a line for `sit`), and
errors are {\"error\": {\"code\", \"message\", \"session_id\"}} on the standard error.

Exit codes:
    0    done
    1    failed, or `doctor` found something to do
    2    the command line, a length or another choice is not possible
    3    another sit is running (sit_running); nothing was recorded
    4    there is no such sit, or it is not in the state for this
    5    the data folder or the database cannot be used
    6    a sit was sat, and its end could not be recorded: it stays unfinished
    7    not in step with the server; nothing is lost
  129    the terminal was closed during a sit (SIGHUP): it stays unfinished
  143    ended by SIGTERM during a sit: it stays unfinished", "\
Der Datenordner ist der des Fensters; MITTA_DATA_DIR nennt einen anderen. Gesprochen wird die im
Fenster gewählte Sprache, sonst die des Systems; ein Datum wird in jeder als JJJJ-MM-TT getippt.

Mit --json sind Ergebnisse JSON auf der Standardausgabe (ein Dokument; bei `sit` eines je Zeile)
und Fehler {\"error\": {\"code\", \"message\", \"session_id\"}} auf der Fehlerausgabe, immer englisch.

Rückgabewerte:
    0    erledigt
    1    gescheitert, oder `doctor` hat etwas gefunden
    2    die Befehlszeile, eine Länge oder eine andere Wahl ist nicht möglich
    3    eine andere Sitzung läuft (sit_running); nichts wurde aufgezeichnet
    4    diese Sitzung gibt es nicht, oder sie ist nicht in dem Zustand dafür
    5    der Datenordner oder die Datenbank ist nicht zu gebrauchen
    6    es wurde gesessen, und das Ende ließ sich nicht aufzeichnen: die Sitzung bleibt offen
    7    nicht auf dem Stand des Servers; nichts ist verloren
  129    das Terminal wurde während einer Sitzung geschlossen (SIGHUP): sie bleibt offen
  143    durch SIGTERM während einer Sitzung beendet: sie bleibt offen";
    json = "Print JSON, for scripts", "JSON ausgeben, für Skripte";

    sit = "Sit: record a session, ring the bells", "Sitzen: eine Sitzung aufzeichnen, die Glocken läuten";
    sit_more = "\
What is not given is as in the preset or, without one, as in the last sit, also in the window.

Ctrl+C asks whether to end the sit, go on, or discard it; it goes on meanwhile, and a second
Ctrl+C ends it. Where nobody can be asked (--json, no terminal), Ctrl+C ends it, a question at
the end is answered with what was planned, and that is said. SIGTERM and SIGHUP leave the sit
unfinished: `mitta recover` or the window decides on it. An unfinished sit is named and never
resumed here.

Examples:
    mitta sit                              as the last time
    mitta sit 20                           20 minutes
    mitta sit 1h30m --intervals 15         a bell every 15 minutes
    mitta sit 45 --intervals 'at 25,35'    bells after 25 and 35 minutes
    mitta sit 90s --preparation 0 --no-sound
    mitta sit open                         open-ended
    mitta sit --preset Morning             as kept under that name
    mitta sit 30 --preset Morning          the same for 30 minutes", "\
Was nicht angegeben ist, ist wie in der Vorlage oder, ohne eine, wie bei der letzten Sitzung, auch der
im Fenster.

Strg+C fragt, ob die Sitzung enden, weitergehen oder verworfen werden soll; währenddessen geht sie
weiter, und ein zweites Strg+C beendet sie. Wo niemand gefragt werden kann (--json, kein Terminal),
beendet Strg+C sie, eine Frage am Ende wird mit dem Geplanten beantwortet, und das wird gesagt.
SIGTERM und SIGHUP lassen die Sitzung offen: `mitta recover` oder das Fenster entscheidet über sie.
Eine offene Sitzung wird genannt und hier nie fortgesetzt.

Beispiele:
    mitta sit                              wie beim letzten Mal
    mitta sit 20                           20 Minuten
    mitta sit 1h30m --intervals 15         eine Glocke alle 15 Minuten
    mitta sit 45 --intervals 'at 25,35'    Glocken nach 25 und 35 Minuten
    mitta sit 90s --preparation 0 --no-sound
    mitta sit open                         ohne festes Ende
    mitta sit --preset Morgen              wie unter diesem Namen behalten
    mitta sit 30 --preset Morgen           dasselbe für 30 Minuten";
    length = "How long: 20 (minutes), 90s, 1:30 (minutes:seconds), 1h30m, or `open` for open-ended",
        "Wie lange: 20 (Minuten), 90s, 1:30 (Minuten:Sekunden), 1h30m, oder `open` für ohne festes Ende";
    preset = "Begin with the preset of that name; `mitta presets` lists them",
        "Mit der Vorlage dieses Namens beginnen; `mitta presets` listet sie auf";
    no_sound = "Ring nothing", "Nichts läuten";
    preparation = "Time to settle before the sit, 0 to 5 minutes, such as 10s or 1:30",
        "Zeit zum Ankommen vor der Sitzung, 0 bis 5 Minuten, etwa 10s oder 1:30";
    intervals = "Interval bells: `none`, `5` (every 5 minutes), `at 25,30`, or `random 3-8` (minutes apart)",
        "Zwischenglocken: `none` (keine), `5` (alle 5 Minuten), `at 25,30` (zu diesen Minuten) oder `random 3-8` (zufällig, Minuten Abstand)";
    label = "A word for this kind of sit; `--label=` for none",
        "Ein Stichwort für diese Art Sitzung; `--label=` für keines";
    private = "Partners never see this sit, also not while it goes on",
        "Mitsitzende sehen diese Sitzung nie, auch nicht, während sie läuft";

    log = "List the newest sits, or those that are looked for; add a past one",
        "Die neuesten oder die gesuchten Sitzungen auflisten; eine vergangene nachtragen";
    log_more = "\
All that is given must hold. Words are found inside of words, capitals and accents aside.

Examples:
    mitta log -n 5
    mitta log --search 'rain roof' --label Evening
    mitta log --from 2026-01-01 --to 2026-03-31 --json
    mitta log add '2026-11-28 07:30' 25", "\
Alles, was angegeben ist, muss gelten. Wörter werden auch in Wörtern gefunden, ob groß oder klein,
mit Akzent oder ohne.

Beispiele:
    mitta log -n 5
    mitta log --search 'regen dach' --label Abend
    mitta log --from 2026-01-01 --to 2026-03-31 --json
    mitta log add '2026-11-28 07:30' 25";
    log_search = "Sits with all these words in note or label",
        "Sitzungen mit all diesen Wörtern in Notiz oder Stichwort";
    log_label = "Sits with exactly this label", "Sitzungen mit genau diesem Stichwort";
    log_source = "Sits that came from there", "Sitzungen, die von dort kamen";
    log_from = "Sits of that date or later, such as 2026-01-31",
        "Sitzungen von diesem Datum an, etwa 2026-01-31";
    log_to = "Sits of that date or earlier", "Sitzungen bis zu diesem Datum";
    log_add = "Add a sit that no timer was at", "Eine Sitzung nachtragen, bei der kein Timer lief";
    log_add_more = "\
The sit has to be over. Where the clock was put back and showed a time twice, the first is meant
unless --second is given. Another sit at the same time is named, and hinders nothing.

Examples:
    mitta log add '2026-11-28 07:30' 25
    mitta log add 2026-11-28T21:00 1h30m --note 'with the others' --label Evening
    mitta log add '2026-11-20 06:00' 45 --zone Asia/Tokyo", "\
Die Sitzung muss vorbei sein. Wo die Uhr zurückgestellt wurde und eine Zeit zweimal zeigte, ist die
erste gemeint, außer mit --second. Eine andere Sitzung zur selben Zeit wird genannt und hindert nicht.

Beispiele:
    mitta log add '2026-11-28 07:30' 25
    mitta log add 2026-11-28T21:00 1h30m --note 'mit den anderen' --label Abend
    mitta log add '2026-11-20 06:00' 45 --zone Asia/Tokyo";
    log_add_start = "When it began, by the clock on the wall: '2026-11-28 07:30'",
        "Wann sie begann, nach der Uhr an der Wand: '2026-11-28 07:30'";
    log_add_length = "How long: 20 (minutes), 90s, 1:30 (minutes:seconds), 1h30m",
        "Wie lange: 20 (Minuten), 90s, 1:30 (Minuten:Sekunden), 1h30m";
    log_add_note = "A note", "Eine Notiz";
    log_add_zone = "The time zone of that clock, such as Asia/Tokyo; else the present one",
        "Die Zeitzone jener Uhr, etwa Asia/Tokyo; sonst die jetzige";
    log_add_second = "The later one, where the clock showed that time twice",
        "Die spätere, wo die Uhr diese Zeit zweimal zeigte";
    log_add_private = "Partners never see this sit", "Mitsitzende sehen diese Sitzung nie";
    count = "How many", "Wie viele";
    stats = "Totals of today, the weeks, the month, and all",
        "Summen von heute, der Wochen, des Monats und von allem";

    year = "Look at this year instead of the past one", "Dieses Jahr ansehen statt des vergangenen";
    all = "Look at all of the history instead of the past year",
        "Den ganzen Verlauf ansehen statt des vergangenen Jahres";

    presets = "List the presets, in their order", "Die Vorlagen auflisten, in ihrer Reihenfolge";
    presets_more = "\
Presets are made, changed and put in order in the window. They stay on this computer.

Examples:
    mitta presets
    mitta sit --preset Morning", "\
Vorlagen entstehen im Fenster, dort werden sie geändert und geordnet. Sie bleiben auf diesem Computer.

Beispiele:
    mitta presets
    mitta sit --preset Morgen";

    recover = "Decide on an unfinished sit; without arguments, list them",
        "Über eine offene Sitzung entscheiden; ohne Angaben werden sie aufgelistet";
    recover_more = "\
    planned    record the planned length
    seen       record what had been sat when it was last seen
    discard    record nothing (the window can restore it)", "\
    planned    die geplante Länge aufzeichnen
    seen       aufzeichnen, was gesessen war, als sie zuletzt gesehen wurde
    discard    nichts aufzeichnen (das Fenster kann sie zurückholen)";
    session_id = "The unfinished sit", "Die offene Sitzung";
    choice = "What to record of it", "Was von ihr aufgezeichnet wird";

    backup = "Copy the history to a file, or list the copies",
        "Den Verlauf in eine Datei kopieren, oder die Kopien auflisten";
    backup_more = "\
The copy is whole and checked before the file has its name; a sit beside it is not held up.
A copy is made by itself once a week (the last 4 stay, and the last of each of 6 months), before
each update of the format, and before each restore.

Examples:
    mitta backup                           into the folder of copies
    mitta backup /media/stick/mitta.sqlite3
    mitta backup list", "\
Die Kopie ist ganz und geprüft, bevor die Datei ihren Namen hat; eine Sitzung daneben wird nicht
aufgehalten. Von selbst wird jede Woche eine Kopie gemacht (die letzten 4 bleiben, und die letzte aus
jedem von 6 Monaten), vor jeder Änderung des Formats und vor jedem Zurückspielen.

Beispiele:
    mitta backup                           in den Ordner der Kopien
    mitta backup /media/stick/mitta.sqlite3
    mitta backup list";
    backup_file = "Where to; without it, into the folder of copies",
        "Wohin; ohne Angabe in den Ordner der Kopien";
    backup_replace = "Replace the file if it is there", "Die Datei ersetzen, wenn es sie gibt";
    backup_list = "List the copies in the folder of copies", "Die Kopien im Ordner der Kopien auflisten";
    restore = "Replace the history by a copy, after a look at what it holds",
        "Den Verlauf durch eine Kopie ersetzen, nach einem Blick auf das, was sie enthält";
    restore_more = "\
The copy is checked as a whole before anything is replaced, and what is there is kept as a copy.
Not while a sit runs. To servers it is a new device: you sign in again, and the sits that the server
has come back.", "\
Die Kopie wird als Ganzes geprüft, bevor etwas ersetzt wird, und was da ist, wird als Kopie aufgehoben.
Nicht während einer Sitzung. Für Server ist es danach ein neues Gerät: du meldest dich neu an, und die
Sitzungen, die der Server hat, kommen zurück.";
    restore_file = "The copy", "Die Kopie";
    restore_undo = "Take the last restore back", "Das letzte Zurückspielen rückgängig machen";
    restore_yes = "Do not ask", "Nicht fragen";

    import = "Import sits from a file: Insight Timer, Meditation Assistant, Meditate, Apple Health, Mitta",
        "Sitzungen aus einer Datei importieren: Insight Timer, Meditation Assistant, Meditate, Apple Health, Mitta";
    import_more = "\
The same file again changes nothing. What the file leaves open about its times is asked by an error
that names the flag. A ZIP of Apple Health has to be unpacked; the file is export.xml.

Examples:
    mitta import insight.csv --zone Europe/Berlin --dry-run
    mitta import insight.csv --zone Europe/Berlin --report rows.csv
    mitta import --undo                    takes the last import back as a whole", "\
Dieselbe Datei noch einmal ändert nichts. Was die Datei über ihre Zeiten offen lässt, fragt ein Fehler,
der den Schalter nennt. Ein ZIP von Apple Health ist erst zu entpacken; die Datei heißt export.xml.

Beispiele:
    mitta import insight.csv --zone Europe/Berlin --dry-run
    mitta import insight.csv --zone Europe/Berlin --report zeilen.csv
    mitta import --undo                    nimmt den letzten Import als Ganzes zurück";
    import_file = "The file", "Die Datei";
    zone = "The time zone that the sits were sat in, such as Europe/Berlin",
        "Die Zeitzone, in der gesessen wurde, etwa Europe/Berlin";
    dates = "Which number of 04/05/2026 is the month", "Welche Zahl von 04/05/2026 der Monat ist";
    times = "What times without a zone are", "Was Zeiten ohne Zeitzone sind";
    dry_run = "Only say what would be imported", "Nur sagen, was importiert würde";
    report = "Write every row and what became of it into a CSV file",
        "Jede Zeile, und was aus ihr wurde, in eine CSV-Datei schreiben";
    import_list = "List the imports", "Die Importe auflisten";
    import_undo = "Take the last import back, or that of --import",
        "Den letzten Import zurücknehmen, oder den von --import";
    import_redo = "Bring the import back that was taken back last, or that of --import",
        "Den zuletzt zurückgenommenen Import zurückholen, oder den von --import";
    import_number = "The import meant, as --list numbers them",
        "Welcher Import gemeint ist, mit der Nummer aus --list";
    export = "Write all sits into a file, as CSV or JSON",
        "Alle Sitzungen in eine Datei schreiben, als CSV oder JSON";
    export_file = "The file, which must not be there yet; `-` for the standard output",
        "Die Datei, die es noch nicht geben darf; `-` für die Standardausgabe";
    format = "JSON has everything; CSV has the sits that count, for spreadsheets",
        "JSON enthält alles; CSV die Sitzungen, die zählen, für Tabellenprogramme";

    doctor_sit = "Instead, tell what happened to one sit, from its start to the server's answer",
        "Stattdessen erzählen, was mit einer Sitzung geschah, vom Anfang bis zur Antwort des Servers";
    doctor = "Look over database, sound, clock and folder; says what to do",
        "Datenbank, Klang, Uhr und Ordner ansehen; sagt, was zu tun ist";

    profile = "Keep this person's sits apart, in a profile of that name (letters, digits, - and _)",
        "Die Sitzungen dieser Person getrennt halten, in einem Profil dieses Namens (Buchstaben, Ziffern, - und _)";
    sync = "Send what waits and fetch what is new, now", "Senden, was wartet, und holen, was neu ist, jetzt";
    sync_more = "Exit code 7: not everything is in step; the text says why. Nothing is lost.",
        "Rückgabewert 7: nicht alles ist auf demselben Stand; der Text sagt, warum. Nichts ist verloren.";
    status = "Only tell how things are", "Nur sagen, wie es steht";
    account = "The account that syncs and shares; without a command, how things are",
        "Das Konto, das abgleicht und teilt; ohne Befehl: wie es steht";
    account_more = "\
Without an account everything stays on this computer and nothing is sent. Passwords are typed
unseen; where there is no terminal they are read from the standard input, one a line.", "\
Ohne Konto bleibt alles auf diesem Computer, und nichts wird gesendet. Passwörter werden ungesehen
getippt; wo es kein Terminal gibt, werden sie von der Standardeingabe gelesen, eines je Zeile.";
    sign_up = "Make an account and sign this device in", "Ein Konto anlegen und dieses Gerät anmelden";
    sign_in = "Sign this device in", "Dieses Gerät anmelden";
    recover_account = "Set a new password with the recovery code and sign in",
        "Mit dem Wiederherstellungscode ein neues Passwort setzen und anmelden";
    claim = "Add the sits on this computer to the account",
        "Die Sitzungen auf diesem Computer zum Konto nehmen";
    sign_out = "Sign out; the history stays here", "Abmelden; der Verlauf bleibt hier";
    leave_server = "Let go of the server, to sign in on another one",
        "Sich vom Server lösen, um sich bei einem anderen anzumelden";
    devices = "List the devices of the account", "Die Geräte des Kontos auflisten";
    revoke = "Sign that device out", "Jenes Gerät abmelden";
    password = "Change the password; signs every other device out",
        "Das Passwort ändern; meldet alle anderen Geräte ab";
    recovery_code = "Make a new recovery code; the old one is void",
        "Einen neuen Wiederherstellungscode machen; der alte gilt nicht mehr";
    export_account = "Write all that the server has of you into a file",
        "Alles, was der Server von dir hat, in eine Datei schreiben";
    file = "The file; it must not be there yet", "Die Datei; es darf sie noch nicht geben";
    erase = "Erase the account and all that the server has of you; the history here stays",
        "Das Konto löschen und alles, was der Server von dir hat; der Verlauf hier bleibt";
    erase_sure = "That it is meant", "Dass es so gemeint ist";
    rejected = "List the changes that the server refused",
        "Die Änderungen auflisten, die der Server abgelehnt hat";
    export_rejected = "Write them into a file", "Sie in eine Datei schreiben";
    dismiss = "Take that one off the list", "Diese von der Liste nehmen";
    display_name = "How partners see you", "Wie Mitsitzende dich sehen";
    server = "The server's address; https:// may be left out",
        "Die Adresse des Servers; https:// darf fehlen";
    login = "The login", "Der Anmeldename";
    device_name = "What to call this device; the computer's name otherwise",
        "Wie dieses Gerät heißen soll; sonst wie der Computer";
    token_file = "Where there is no keyring, keep the sign-in in a file that only you can read",
        "Wo es keinen Schlüsselbund gibt, die Anmeldung in einer Datei ablegen, die nur du lesen kannst";
    add_sits = "Add the sits on this computer to the account",
        "Die Sitzungen auf diesem Computer zum Konto nehmen";

    partners = "With whom sits are shared; without a command, list partners and invites",
        "Mit wem Sitzungen geteilt werden; ohne Befehl: Mitsitzende und Einladungen auflisten";
    partners_more = "\
One begins a partnership and invites, the other accepts, the first confirms. From then on each sees
when the other sat and for how long, never notes unless marked.

Examples:
    mitta partners create 'Morning room'
    mitta partners invite --code           a code to read aloud, good for ten minutes
    mitta partners accept ABCD-EFGH
    mitta partners sits -n 10", "\
Jemand beginnt einen Kreis und lädt ein, jemand nimmt an, die erste Person bestätigt. Von da an sehen
alle voneinander, wann und wie lange gesessen wurde, Notizen nur, wo es so gewählt ist.

Beispiele:
    mitta partners create 'Morgenkreis'
    mitta partners invite --code           ein Code zum Vorlesen, zehn Minuten gültig
    mitta partners accept ABCD-EFGH
    mitta partners sits -n 10";
    partnership = "Which partnership, by name or id, where there are several",
        "Welcher Kreis, mit Namen oder Id, wo es mehrere gibt";
    create = "Begin a partnership", "Einen Kreis beginnen";
    partnership_name = "Its name, as all members see it", "Sein Name, wie alle Mitglieder ihn sehen";
    share_since = "Share own sits of this date (YYYY-MM-DD) and later; today otherwise",
        "Eigene Sitzungen ab diesem Datum (JJJJ-MM-TT) teilen; sonst ab heute";
    invite = "Make an invite for one person, good for seven days",
        "Eine Einladung für eine Person machen, sieben Tage gültig";
    invite_code = "A short code to read aloud, good for ten minutes",
        "Ein kurzer Code zum Vorlesen, zehn Minuten gültig";
    withdraw = "Take an own invite back", "Eine eigene Einladung zurücknehmen";
    invite_id = "The invite; `mitta partners` lists them",
        "Die Einladung; `mitta partners` listet sie auf";
    accept = "Accept an invite; the inviter then confirms",
        "Eine Einladung annehmen; wer eingeladen hat, bestätigt dann";
    invite_secret = "The code or link as it was given", "Der Code oder Link, wie du ihn bekommen hast";
    confirm = "Welcome the person who accepted an own invite",
        "Die Person einlassen, die eine eigene Einladung angenommen hat";
    turn_away = "Turn the person away who accepted an own invite",
        "Die Person abweisen, die eine eigene Einladung angenommen hat";
    pause = "Keep new sits private; what is shared already stays shared",
        "Neue Sitzungen privat halten; was schon geteilt ist, bleibt geteilt";
    resume = "Share new sits again", "Neue Sitzungen wieder teilen";
    since = "Change since when own sits are shared; says what that does before it does it",
        "Ändern, seit wann eigene Sitzungen geteilt werden; sagt vorher, was das bewirkt";
    since_date = "The first date (YYYY-MM-DD) that is shared", "Das erste Datum (JJJJ-MM-TT), das geteilt wird";
    leave = "Leave a partnership; says what that does before it does it",
        "Einen Kreis verlassen; sagt vorher, was das bewirkt";
    sure = "That it is meant; without it nothing is changed",
        "Dass es so gemeint ist; ohne das ändert sich nichts";
    sits = "This week and the newest sits of everybody, as last synced",
        "Diese Woche und die neuesten Sitzungen aller, Stand des letzten Abgleichs";
    rename = "Give a partnership another name", "Einem Kreis einen anderen Namen geben";
    show_sitting = "Let partners see when you are sitting, but for private sits",
        "Mitsitzende sehen lassen, wann du sitzt, außer bei privaten Sitzungen";
    hide_sitting = "No longer let partners see when you are sitting",
        "Mitsitzende nicht mehr sehen lassen, wann du sitzt";
    activity = "What happened to the account, newest first", "Was mit dem Konto geschah, das Neueste zuerst";

    completions = "Print what lets a shell complete `mitta`", "Ausgeben, womit eine Shell `mitta` vervollständigt";
    completions_more = "\
The package has installed them for bash, zsh and fish. By hand, for instance:
    mitta completions bash > ~/.local/share/bash-completion/completions/mitta", "\
Das Paket hat sie für bash, zsh und fish installiert. Von Hand zum Beispiel:
    mitta completions bash > ~/.local/share/bash-completion/completions/mitta";
    shell = "Which shell", "Welche Shell";
    manual = "Write the manual pages into a folder", "Die Handbuchseiten in einen Ordner schreiben";
    manual_dir = "The folder; made if it is not there", "Der Ordner; er wird angelegt, wenn es ihn nicht gibt";
    desktop = "Mitta's window: a meditation timer", "Das Fenster von Mitta: eine Uhr zum Meditieren";
    desktop_more = "\
`mitta` without a command starts it too, and `mitta --help` says where the history is. Started a
second time it brings the window back. Closed during a sit it goes on, and rings.", "\
`mitta` ohne Befehl startet es auch, und `mitta --help` sagt, wo der Verlauf liegt. Ein zweites Mal
gestartet, holt es das Fenster zurück. Während einer Sitzung geschlossen, geht es weiter und läutet.";
}
