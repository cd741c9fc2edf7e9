# Ce que les plateformes déclarent une fois par an : des chiffres signés, sans bruit, hors de la garantie de confidentialité.

cli-hub-accounts = Les comptes annuels déclarés par les territoires
cli-hub-accounts-list = Montre les déclarations reçues, toutes leurs versions
cli-hub-accounts-list--year = Seulement cette année
cli-hub-accounts-list--node = Seulement celles de ce nœud
cli-hub-accounts-totals = Montre les totaux nationaux par année
cli-hub-accounts-totals--year = Seulement cette année
cli-hub-accounts-quarantine = Laisse ce qu’un nœud a déclaré d’une année en dehors de tous les chiffres
cli-hub-accounts-quarantine--node = Nœud qui l’a déclaré
cli-hub-accounts-quarantine--year = Année
cli-hub-accounts-quarantine--by = Nom de qui décide
cli-hub-accounts-quarantine--reason = Raison ; rien sur une personne
cli-hub-accounts-lift = Compte de nouveau une déclaration laissée de côté
cli-hub-accounts-lift--node = Nœud qui l’a déclaré
cli-hub-accounts-lift--year = Année
cli-hub-accounts-lift--by = Nom de qui décide
cli-hub-accounts-lift--reason = Raison ; rien sur une personne

decimal-mark = ,
accounts-note = Ces chiffres sont déclarés et signés par les plateformes, sans bruit ajouté : la garantie de confidentialité des rapports ne les couvre pas.
accounts-in-force = en vigueur
accounts-corrected = en vigueur, corrigée
accounts-withdrawn = retirée
accounts-replaced = remplacée
accounts-revoked = en vigueur, d’un nœud exclu depuis
accounts-left-out = laissée de côté par { $by } : { $reason }
accounts-quarantined = Cette déclaration est gardée, montrée avec la raison, et laissée en dehors de tous les chiffres :
accounts-lifted = Cette déclaration compte de nouveau :
refusal-accounts-unknown = Ce nœud n’a rien déclaré pour { $year }. Voyez ce qui a été reçu : maillage-hub accounts list

column-year = Année
column-account-figure = Chiffre
column-corrected = Corrigées
column-volunteers = Bénévoles

account-full-cost = Coût complet (€)
account-subsidy = Subventions (€)
account-contributions = Participations (€)
account-compensation = Indemnités (€)
account-waivers = Abandons de frais (€)
account-vehicles = Véhicules
account-staff-fte = Équivalents temps plein
account-trips = Trajets (arrondis à 50)
account-solutions-opened = Solutions ouvertes

band-under-5 = moins de 5
band-5-9 = 5 à 9
band-10-19 = 10 à 19
band-20-49 = 20 à 49
band-50-plus = 50 ou plus

refusal-accounts-malformed = Cette déclaration n’est pas conforme à la forme en vigueur.
refusal-accounts-not-rounded = Les trajets de cette déclaration ne sont pas arrondis à 50, ou un montant à 100 €.
refusal-accounts-year-unknown = Aucune plateforme ne déclare cette année.
refusal-accounts-year-not-over = Cette année n’est pas terminée. Envoyez la déclaration après sa fin.
refusal-accounts-stale = Une version plus récente de cette déclaration a déjà été reçue. Elle reste en vigueur.
refusal-accounts-already-received = Une autre déclaration a déjà été reçue sous cette version. La première reste en vigueur.

indicator-cost-per-trip = coût complet déclaré par trajet, en euros
indicator-cost-per-person = coût complet déclaré de l’année par personne active dans un semestre, en euros
figures-note-costs-of-year = Comptes déclarés de { $year }, de { $territories } territoires qui n’ont eu qu’un modèle dans l’année. Le coût est celui de tout le service, prêts et conseil compris ; les trajets sont ceux de leurs propres bénéficiaires.
figures-note-costs-per-half-year = Les personnes des deux semestres sont additionnées : qui est actif dans les deux y est deux fois. Ce n’est pas le coût par personne de l’année. Ces personnes portent le hasard ajouté par les territoires, les montants non.
figures-note-costs-begun = De { $year }, trop peu de territoires ont déclaré leurs comptes jusqu’ici : une année plus ancienne est montrée.
figures-note-costs-set-aside = Déclarations laissées de côté, faute d’un seul modèle dans l’année ou des personnes de ses deux semestres : { $number }.
figures-note-solutions-declared = Les solutions ouvertes sont celles que les territoires ont déclarées dans leurs comptes, additionnées depuis la première année déclarée, fût-elle d’avant le programme ; un territoire qui ne déclare pas manque.
figures-note-declared-year-withheld = Une année déclarée ne peut pas être montrée et n’est pas additionnée.
column-declared = Déclarées (années)
