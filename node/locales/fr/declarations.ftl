# Déclaration annuelle : des chiffres tapés et signés par une personne, sans bruit, hors de la garantie de confidentialité.

help-declared-year = Année civile, AAAA
help-declared-signed-by = Nom de la personne qui répond des chiffres ; il reste sur ce nœud
help-declared-signed-as = Sa fonction (trésorière, président…) ; elle reste sur ce nœud

cli-node-report-declare = Montre ce qui serait déclaré pour une année ; avec --confirm, le signe et l’envoie
cli-node-report-declare--year = { help-declared-year }
cli-node-report-declare--full_cost = Coût complet du service, en euros
cli-node-report-declare--subsidy = Subventions reçues, en euros
cli-node-report-declare--contributions = Participations dues par les bénéficiaires pour ce qui leur a été rendu, même abandonnées ensuite, sans adhésions ni dons, en euros
cli-node-report-declare--compensation = Indemnités versées aux bénévoles, en euros
cli-node-report-declare--waivers = Frais abandonnés par les bénévoles, en euros
cli-node-report-declare--vehicles = Véhicules de la plateforme
cli-node-report-declare--staff_fte = Équivalents temps plein des salariés, par exemple 1,5
cli-node-report-declare--volunteers = Bénévoles, par tranche : under-5 (moins de 5), 5-9, 10-19, 20-49, 50-plus (50 ou plus)
cli-node-report-declare--solutions_opened = Solutions ouvertes dans l’année
cli-node-report-declare--signed_by = { help-declared-signed-by }
cli-node-report-declare--signed_as = { help-declared-signed-as }
cli-node-report-declare--confirm = Signe exactement ce qui a été montré sous ce code
cli-node-report-declared = Liste les déclarations annuelles, toutes leurs versions
cli-node-report-retract = Retire la déclaration d’une année : elle est gardée, et le fédérateur ne l’additionne plus
cli-node-report-retract--year = { help-declared-year }
cli-node-report-retract--revision = Version retirée : celle qui est en vigueur
cli-node-report-retract--reason = Raison : wrong-counts (comptes faux), wrong-model (modèle faux), test-data (données d’essai), other (autre)
cli-node-report-retract--signed_by = { help-declared-signed-by }
cli-node-report-retract--signed_as = { help-declared-signed-as }

declaration-heading = Ce que la plateforme déclarerait pour { $year } :
declaration-trips-counted = Trajets assurés comptés par ce nœud : { $counted }. Seul le nombre arrondi à 50 part, et chaque montant part arrondi à 100 €.
declaration-trips-as-before = Ce nœud a été restauré depuis un état d’avant la première signature : il ne sait plus qui s’opposait alors aux statistiques, et reprend donc les trajets déjà déclarés.
declaration-proposed = Ce que les comptes de ce nœud savent :
declaration-whole = repris si vous ne tapez rien
declaration-part = une partie seulement : tapez le total
declaration-statements-open = États de frais de cette année à clore, à payer, ou dont l’abandon n’est pas signé : { $count }. Les indemnités et les abandons proposés ne les comptent pas ; un abandon compte dans l’année où il est signé.
declaration-missing = Il reste à taper : { $figures }.
declaration-obstacle = Rien ne peut être déclaré : { $text }
declaration-replaces = Cette déclaration remplacera la version { $revision }, qui reste visible comme corrigée. Si un montant n’a changé depuis que par une seule personne, et de plus de 100 €, la différence le dirait au fédérateur : tapez alors ce montant comme il était, et corrigez-le avec d’autres.
declaration-unchanged = Ce sont déjà les chiffres de la version { $revision } : rien de nouveau n’est signé.
declaration-outside-guarantee = Ces chiffres sont déclarés par une personne, sans bruit ajouté : ils ne sont pas couverts par la garantie de confidentialité des rapports. Aucun nom ne part. Le fédérateur garde toutes les versions ; une différence de moins de 100 € entre deux versions ne dit le montant de personne, une plus grande se lit à 100 € près.
declaration-not-yet = Rien n’est signé ni envoyé.
declaration-confirm = Rien n’est signé ni envoyé. Pour signer exactement cela, ajoutez : --signed-by NOM --signed-as FONCTION --confirm { $etag }
declaration-signed = Cette déclaration est signée et gardée. Une erreur se corrige par une nouvelle déclaration ; si le fédérateur refuse celle-ci, signez-la de nouveau.
declaration-retracted = La déclaration est retirée : elle reste gardée, et le fédérateur ne l’additionne plus dès qu’il l’aura appris.

field-declared_figure = Chiffre
field-in_books = Dans les comptes
field-in_books_as = Ce que c’est
field-declared_revision = Version
field-declared_in_force = En vigueur
field-signed_at = Signé le
field-signed_by = Signé par

declared-models = Modèles de participation
declared-full-cost = Coût complet
declared-subsidy = Subventions
declared-contributions = Participations
declared-compensation = Indemnités
declared-waivers = Abandons de frais
declared-vehicles = Véhicules
declared-staff-fte = Équivalents temps plein
declared-volunteers = Bénévoles
declared-trips = Trajets (arrondis à 50)
declared-solutions-opened = Solutions ouvertes

band-under-5 = moins de 5
band-5-9 = 5 à 9
band-10-19 = 10 à 19
band-20-49 = 20 à 49
band-50-plus = 50 ou plus

declaration-state-waiting = gardée ; elle attend un fédérateur qui la prend
declaration-state-posted = en route
declaration-state-sent = reçue par le fédérateur
declaration-state-refused = refusée par le fédérateur

refusal-declaration-year-not-over = L’année { $year } n’est pas finie. Déclarez-la à partir du 1er janvier suivant.
refusal-declaration-few-beneficiaries = En { $year }, { $served } bénéficiaires ont été servis ; il en faut { $needed } pour qu’une déclaration ne dise rien de l’un d’eux.
refusal-declaration-one-payer = En { $year }, une seule personne doit { $percent } % des participations dues (le plus petit du montant tapé et des comptes), et { $most } % au plus sont admis : le total dirait ce qu’elle paie. Il faudrait { $missing } € de plus venant d’autres.
refusal-declaration-one-driver = En { $year }, un seul conducteur fait { $percent } % d’un total, et { $most } % au plus sont admis ({ $sum ->
    [trips] trajets : il en faudrait { $missing } de plus par d’autres
    [compensation] indemnités : il faudrait { $missing } € de plus à d’autres
   *[waivers] abandons de frais : il faudrait { $missing } € de plus venant d’autres
}).
refusal-declaration-not-in-books = Les comptes de ce nœud n’ont rien de ce total : { $figure ->
    [contributions] participations
    [compensation] indemnités
   *[waivers] abandons de frais
}. Personne ne peut vérifier qu’il n’est pas celui d’une seule personne : notez-le d’abord dans les comptes.
refusal-declaration-not-as-shown = La déclaration n’est plus celle qui a été montrée : rien n’est signé. Regardez ce qu’elle serait maintenant, puis signez avec le code qui est montré.
refusal-declaration-other-revision = Une autre version est en vigueur pour { $year } : rien n’est retiré. Voyez les déclarations avec : report declared
refusal-declaration-figures-missing = Il reste des chiffres à taper : { $figures }. Ce que les comptes ne savent pas entièrement n’est pas deviné.
refusal-declaration-figure-range = Le chiffre { $figure } n’est pas possible : il est négatif, ou plus grand que celui d’aucune plateforme.
refusal-declaration-band = Le nombre de bénévoles se déclare par tranche : under-5, 5-9, 10-19, 20-49 ou 50-plus.
refusal-declaration-signatory = Indiquez le nom et la fonction de la personne qui répond des chiffres : --signed-by, --signed-as. Ils restent sur ce nœud.
refusal-declaration-unknown = Rien n’est déclaré pour { $year }. Voyez les déclarations avec : report declared
refusal-declaration-too-many = Cette année a déjà trop de versions déclarées. Appelez l’équipe nationale.
refusal-declaration-signed = Une autre déclaration est déjà signée sous cette version. Regardez de nouveau, puis recommencez.
refusal-accounts-malformed = Le fédérateur n’a pas compris la déclaration. Vérifiez que les deux programmes sont à jour.
refusal-accounts-not-rounded = Les trajets de la déclaration ne sont pas arrondis à 50, ou un montant à 100 €. Mettez le nœud à jour.
refusal-accounts-year-unknown = Le fédérateur ne prend pas de déclaration pour cette année.
refusal-accounts-year-not-over = Pour le fédérateur, cette année n’est pas finie. Vérifiez l’heure de la machine.
refusal-accounts-stale = Le fédérateur a une version plus récente de cette déclaration. Déclarez de nouveau si elle est fausse.
refusal-accounts-already-received = Le fédérateur a une autre déclaration sous la même version. Rien n’est changé ; prévenez l’équipe nationale.
