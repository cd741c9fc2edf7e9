# What the pages say where nothing typed is to be lost, nor a name seen unnoted.
comfort-from-the-start = From the start
comfort-more-pressing = More decisions
comfort-more-open = More under way
