# Rien de ce qui est saisi ne se perd, et aucun nom n’est vu sans que ce soit noté.
comfort-name-hidden = nom non affiché
comfort-names-hidden = Des noms ne sont pas affichés : il n’est pas possible en ce moment de noter que vous les voyez, parce que le disque de la plateforme n’accepte plus d’écriture. Tout le reste est à jour. Prévenez la personne qui héberge la plateforme.
comfort-trips-cut = Il y a plus de trajets que cette page n’en montre : voici les { $count } premiers du jour. Cherchez une personne pour trouver les autres.
comfort-from-the-start = Revenir au début
comfort-more-pressing = Suite des décisions
comfort-more-open = Suite des relais en cours
web-driver-in-outline = Les noms, téléphones et adresses ne peuvent pas être affichés en ce moment : la plateforme ne peut pas noter qu’ils ont été vus. Appelez l’accueil : il vous dira qui aller chercher, et où.
console-act-trip-list = listes de l’accueil
console-act-handover-show = relais consulté
