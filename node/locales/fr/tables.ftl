# Tableaux : échanges avec les tableurs.

## Aide
cli-node-table = Tableaux : prendre et rendre les données d’un tableur (CSV)
cli-node-table-list = Montre les tableaux et leurs colonnes
cli-node-table-template = Écrit un tableau vide avec ses colonnes et une ligne d’exemple inventée
cli-node-table-template--table = Tableau, par exemple persons
cli-node-table-import = Prend un tableau : en entier, ou rien ; le reprendre ne double rien
cli-node-table-import--table = Tableau, par exemple persons
cli-node-table-import--file = Fichier CSV, ou - pour l’entrée standard
cli-node-table-import--dry_run = Vérifie tout et n’écrit rien
cli-node-table-export = Rend un tableau, qui peut être repris tel quel
cli-node-table-export--table = Tableau, par exemple persons
cli-node-table-export--from = Seulement à partir de ce jour
cli-node-table-export--to = Seulement jusqu’à ce jour
cli-node-table-export--output = Fichier à créer, lisible par vous seul (sinon : la sortie standard)

## Champs
field-table = tableau
field-days = jours
access-tables-note = « tableau » : un tableau donné en entier (table export). Le nœud ne garde pas qui s’y trouvait ; il montre ceux qui pouvaient parler de cette personne.
field-importable = peut être pris
field-columns = colonnes

## Phrases
table-columns-required = * : colonne obligatoire.
table-fault = { $place } : { $text }
table-fault-file = Fichier
table-fault-line = Ligne { $line }
table-fault-cell = Ligne { $line }, colonne { $column }
table-imported = Tableau pris : { $added } lignes nouvelles, { $changed } modifiées, { $unchanged } déjà là.
table-would-import = Rien n’est écrit. Le tableau est bon : { $added } lignes nouvelles, { $changed } modifiées, { $unchanged } déjà là.

## Refus
refusal-table-has-faults = { $faults ->
    [one] Une ligne est à corriger. Rien n’a été écrit : corrigez le fichier, puis recommencez.
   *[other] { $faults } endroits sont à corriger. Rien n’a été écrit : corrigez le fichier, puis recommencez.
}
refusal-table-unknown = Il n’y a pas de tableau de ce nom. La liste : maillage-node table list.
refusal-table-not-importable = Ce tableau se rend, mais ne se prend pas : ses lignes naissent d’autres opérations.
refusal-table-nothing-written = Rien n’a été écrit.
refusal-table-too-large = Le fichier dépasse { $bytes } octets. Coupez-le en plusieurs, chacun avec la ligne de titres.
refusal-table-too-long = Le fichier a plus de { $lines } lignes. Coupez-le en plusieurs, chacun avec la ligne de titres.
refusal-table-unreadable = Ce n’est pas un fichier CSV lisible. Enregistrez-le depuis votre tableur au format CSV (UTF-8).
refusal-table-column-unknown = Cette colonne n’existe pas dans ce tableau. Les colonnes : maillage-node table list.
refusal-table-column-twice = Cette colonne y est deux fois. Gardez-en une.
refusal-table-column-missing = Il manque cette colonne, qui est obligatoire.
refusal-table-row-length = La ligne a { $cells } cellules pour { $columns } colonnes. Un séparateur dans un texte ? Mettez le texte entre guillemets.
refusal-table-cell-missing = Cette cellule est obligatoire.
refusal-table-cell-too-long = Cette cellule dépasse { $limit } caractères.
refusal-table-cell-form = Cette cellule n’est pas lisible. Elle s’écrit comme : { $example }
refusal-table-cell-yes-no = Écrivez oui ou non, ou rien pour non.
refusal-table-reference-twice = Cette référence est déjà à la ligne { $other }. Chaque ligne a la sienne.
refusal-table-reference-unknown = Cette référence n’est pas connue dans le tableau { $table }. Prenez d’abord ce tableau, ou corrigez la référence.
refusal-table-duplicate-line = Cette personne ressemble fort à celle de la ligne { $other }. Si ce sont deux personnes, écrivez oui dans la colonne even_if_duplicate.
refusal-table-position = Ce bénévole n’a pas tant de véhicules : le prochain a la position { $next }.
refusal-table-booked = Cette référence est déjà comptabilisée sous le numéro { $entry }, et autrement. Une écriture ne change pas : annulez-la, puis reprenez la ligne sous une autre référence.
refusal-table-request-differs = Cette référence est déjà une demande, et autrement. Ses trajets sont peut-être promis : modifiez-les un par un, ou donnez à la ligne une autre référence.
refusal-table-series-differs = Cette référence est déjà une série, et autrement. Modifiez la série elle-même, ou donnez à la ligne une autre référence.
refusal-past-trip-not-past = Le { $day } n’est pas encore passé : ce trajet se demande comme les autres.
refusal-table-loan-differs = Cette référence est déjà un prêt, et autrement. Modifiez le prêt lui-même, ou donnez à la ligne une autre référence.
refusal-table-service-differs = Cette référence est déjà un service, et autrement. Modifiez le service lui-même, ou donnez à la ligne une autre référence.
refusal-table-pathway-differs = Cette référence est déjà un parcours, et autrement. Modifiez le parcours lui-même, ou donnez à la ligne une autre référence.
refusal-table-expense-differs = Cette référence est déjà une dépense en attente, et autrement. Retirez-la d’abord, ou donnez à la ligne une autre référence.
refusal-file-unusable = Le fichier { $path } ne peut pas être lu, ou existe déjà. Vérifiez le chemin et vos droits ; un export n’écrase jamais un fichier.
