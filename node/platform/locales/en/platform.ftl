# Texts shared by node and hub.

## Command line help
cli-help = Shows this help
cli-version = Shows the version
cli-heading-usage = Usage:
cli-heading-commands = Commands
cli-heading-arguments = Arguments
cli-heading-options = Options
cli-value-command = COMMAND
cli-note-values = [choices: { $values }]
cli-note-default = [default: { $values }]
cli-note-variable = [variable: { $values }]
cli-nothing = Nothing to show.

## Mistakes on the command line
usage-invalid-value = The value “{ $value }” does not suit { $argument }. { $reason }
usage-value-missing = A value for { $argument } is missing.
usage-unknown-argument = The option { $argument } does not exist here.
usage-unknown-command = The command “{ $command }” does not exist.
usage-missing-argument = Missing: { $argument }
usage-missing-command = Say which command to run.
usage-conflict = { $argument } cannot be used with { $other }.
usage-number-of-values = The number of values for { $argument } is not right.
usage-other = The command line is not understood.
usage-valid-values = Possible values: { $values }
usage-advice = Add --help to see how to use this command.

## Failures
failure-why = Cause:
failure-not-running = The program cannot be reached.
failure-not-running-advice = Check that it is running and that the address is right, then try again.
failure-internal = An internal error occurred. Your request may not have been recorded.
failure-internal-advice = Check before you try again. If it happens again, give this message and the log to the person who hosts the program.

## Shared refusals
refusal-not-running = { $program } is not running in { $directory }. Start it with: { $program } serve
refusal-directory-in-use = { $directory } is in use by a running program (process { $pid }). Stop it first.
refusal-directory-missing = { $directory } holds no data. Create it with: { $program } init
refusal-directory-other-program = { $directory } belongs to { $owner }, not to { $program }. Name another directory.
refusal-token-missing = This request carries no access token. Use the account that runs the program.
refusal-token-wrong = The access token is no longer valid. Try again: it changes each time the program starts.
refusal-token-too-many = This connection came with too many access tokens that were refused: none is read on it any more. Check the token, then open a new connection.
refusal-rpc-invalid = The request was not understood. Check that both programs have the same version.
refusal-rpc-not-found = What you ask for does not exist.
refusal-rpc-conflict = The request does not fit the present state. Read the data again, then try again.
refusal-rpc-forbidden = You may not do this.
refusal-rpc-unauthenticated = You are not known. Identify yourself, then try again.
refusal-rpc-unavailable = The program does not answer at the moment. Try again in a while.
refusal-rpc-exhausted = A limit is reached. Try again later.
refusal-rpc-unimplemented = The running program does not know this request. Update it.
refusal-rpc-internal = An internal error occurred. See the log of the program.

## Origin of a setting
origin-default = default
origin-file = file { $path }
origin-environment = variable { $name }
origin-flag = command line

## Background jobs
worker-busy = at work
worker-idle = waiting
worker-backing-off = will try again
worker-stopped = stopped

## Backup and restore
refusal-backup-exists = { $path } exists already and is never replaced. Give another name, with the date for example.
refusal-backup-inside-data = { $path } is inside the data to be backed up. Choose another directory, best on another disk.
refusal-backup-disk-full = There is not enough space for { $path }. Nothing unfinished was left. Free some space or choose another disk, then try again.
refusal-backup-cannot-write = { $path } cannot be written ({ $cause }). Nothing unfinished was left. Check that the directory exists and that this account may write there.
refusal-backup-cannot-read = { $path } cannot be read ({ $cause }). Check the name and that this account may read it.
refusal-backup-foreign = This file is no backup of Maillage. Check the name of the file.
refusal-backup-wrong-key = This passphrase or key does not open the backup. Check that it is the one of the day the backup was made. Nothing was changed.
refusal-backup-damaged = The backup is damaged or incomplete: it is not used. Take another copy of it, or the backup before. Nothing was changed.
refusal-backup-newer = This backup was made by a newer version ({ $version }). Install that version, then try again.
refusal-backup-other-program = This backup is one of { $owner }. Restore it with that program.
refusal-restore-broken-off = An earlier restore was broken off in { $path } in the middle of putting things in place. Nothing there can be served from: delete what is in it, then restore again.
refusal-restore-not-empty = { $path } is not empty. A restore never replaces anything: name an empty directory with --data, or move the old one aside.
refusal-passphrase-too-short = This passphrase is too short: it takes { $least } characters at least. Four or five words will do.
refusal-passphrase-file = { $path } cannot be read as a passphrase. Check the name of the file.
refusal-passphrase-file-exposed = Other accounts can read { $path }. Close it with: chmod 600 { $path }
refusal-recipient-format = This is not a public key of age: those begin with age1.
refusal-identity-file = { $path } cannot be read. Check the name of the file with the secret key.
refusal-identity-file-exposed = Other accounts can read { $path }. Close it with: chmod 600 { $path }
refusal-identity-format = This file holds no secret key of age (AGE-SECRET-KEY-…).
