# What the pages say where nothing typed is to be lost, nor a name seen unnoted.
comfort-name-hidden = name not shown
comfort-names-hidden = Some names are not shown: it cannot be noted at the moment that you see them, because the platform’s disk takes no writes. Everything else is up to date. Tell whoever hosts the platform.
comfort-trips-cut = There are more trips than this page shows: these are the first { $count } of the day. Look for a person to find the others.
comfort-from-the-start = From the start
comfort-more-pressing = More decisions
comfort-more-open = More under way
web-driver-in-outline = Names, phones and addresses cannot be shown right now: the platform cannot note that they were seen. Call the desk: it tells you whom to fetch, and where.
console-act-trip-list = lists of the desk
console-act-handover-show = handover looked at
