# Tables: exchange with spreadsheets.

## Help
cli-node-table = Tables: take and give a spreadsheet’s data (CSV)
cli-node-table-list = Shows the tables and their columns
cli-node-table-template = Writes an empty table with its columns and one invented row
cli-node-table-template--table = Table, for instance persons
cli-node-table-import = Takes a table in: whole, or not at all; taking it again doubles nothing
cli-node-table-import--table = Table, for instance persons
cli-node-table-import--file = CSV file, or - for standard input
cli-node-table-import--dry_run = Checks everything and writes nothing
cli-node-table-export = Gives a table out, which can be taken in again as it is
cli-node-table-export--table = Table, for instance persons
cli-node-table-export--from = Only from this day on
cli-node-table-export--to = Only until this day
cli-node-table-export--output = File to create, readable by you alone (otherwise: standard output)

## Fields
field-table = table
field-days = days
access-tables-note = “table”: a table given out whole (table export). The node does not keep who was in it; it shows those that could tell of this person.
field-importable = can be taken in
field-columns = columns

## Sentences
table-columns-required = *: required column.
table-fault = { $place }: { $text }
table-fault-file = File
table-fault-line = Line { $line }
table-fault-cell = Line { $line }, column { $column }
table-imported = Table taken in: { $added } new rows, { $changed } changed, { $unchanged } there already.
table-would-import = Nothing is written. The table is good: { $added } new rows, { $changed } changed, { $unchanged } there already.

## Refusals
refusal-table-has-faults = { $faults ->
    [one] One place is to be mended. Nothing was written: mend the file, then try again.
   *[other] { $faults } places are to be mended. Nothing was written: mend the file, then try again.
}
refusal-table-unknown = There is no table of that name. The list: maillage-node table list.
refusal-table-not-importable = This table is given out but not taken in: its rows come from other operations.
refusal-table-nothing-written = Nothing was written.
refusal-table-too-large = The file is larger than { $bytes } bytes. Cut it in several, each with the heading line.
refusal-table-too-long = The file has more than { $lines } lines. Cut it in several, each with the heading line.
refusal-table-unreadable = This is no readable CSV file. Save it from your spreadsheet as CSV (UTF-8).
refusal-table-column-unknown = This table has no such column. The columns: maillage-node table list.
refusal-table-column-twice = This column is there twice. Keep one.
refusal-table-column-missing = This column is missing, and required.
refusal-table-row-length = The row has { $cells } cells for { $columns } columns. A separator inside a text? Put the text in quotes.
refusal-table-cell-missing = This cell is required.
refusal-table-cell-too-long = This cell is longer than { $limit } characters.
refusal-table-cell-form = This cell cannot be read. It is written like: { $example }
refusal-table-cell-yes-no = Write oui or non (yes or no), or nothing for no.
refusal-table-reference-twice = This reference is on line { $other } already. Every row has its own.
refusal-table-reference-unknown = This reference is not known in the table { $table }. Take that table in first, or mend the reference.
refusal-table-duplicate-line = This person is very like the one of line { $other }. If they are two people, write oui in the column even_if_duplicate.
refusal-table-position = This volunteer does not have so many vehicles: the next has position { $next }.
refusal-table-booked = This reference is booked already under number { $entry }, and differently. An entry does not change: take it back, then bring the line in under another reference.
refusal-table-request-differs = This reference is a request already, and differently. Its trips may be promised: change them one by one, or give the line another reference.
refusal-table-series-differs = This reference is a series already, and differently. Change the series itself, or give the line another reference.
refusal-past-trip-not-past = { $day } is not over yet: ask for that trip like any other.
refusal-table-loan-differs = This reference is a loan already, and differently. Change the loan itself, or give the line another reference.
refusal-table-service-differs = This reference is a service already, and differently. Change the service itself, or give the line another reference.
refusal-table-pathway-differs = This reference is a pathway already, and differently. Change the pathway itself, or give the line another reference.
refusal-table-expense-differs = This reference is an expense that waits already, and differently. Take it out first, or give the line another reference.
refusal-file-unusable = The file { $path } cannot be read, or exists already. Check the path and your rights; an export never overwrites a file.
