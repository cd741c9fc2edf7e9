# Rien de ce qui est saisi ne se perd, et aucun nom n’est vu sans que ce soit noté.
comfort-from-the-start = Revenir au début
comfort-more-pressing = Suite des décisions
comfort-more-open = Suite des relais en cours
