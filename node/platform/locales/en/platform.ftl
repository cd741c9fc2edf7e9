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
