# Textes des chiffres de la fédération : ce qui est suivi, montré, caché et exporté.

## Aide de la ligne de commande
cli-hub-statistics-indicators = Montre les indicateurs qui peuvent être comparés et suivis
cli-hub-statistics-series = Suit un indicateur, ou les totaux d’un vocabulaire, mois par mois ou semestre par semestre
cli-hub-statistics-series--indicator = Clé d’un indicateur, fulfilment-rate sans précision
cli-hub-statistics-series--vocabulary = Vocabulaire dont suivre les totaux : v1/pulse ou v1/half-year
cli-hub-statistics-series--from = Premier mois
cli-hub-statistics-series--to = Dernier mois
cli-hub-statistics-coverage = Montre les communes et habitants desservis, en tout et par département
cli-hub-statistics-coverage--from = Premier mois dont les déclarations comptent
cli-hub-statistics-coverage--to = Dernier mois dont les déclarations comptent
cli-hub-statistics-deserts = Montre les communes qu’aucun nœud ne dessert
cli-hub-statistics-deserts--departement = Seulement celles de ce département
cli-hub-statistics-territories = Montre les territoires qui ont un nœud ou ont déclaré, sans jamais les classer
cli-hub-statistics-territories--half_year = Semestre des personnes, le plus récent sans précision
cli-hub-statistics-targets = Montre où en sont les objectifs nationaux
cli-hub-statistics-targets--year = Année, la plus récente sans précision
cli-hub-statistics-flows = Montre qui a transporté pour qui dans une année révolue
cli-hub-statistics-flows--year = Année
cli-hub-statistics-export = Écrit les chiffres publiés dans un nouveau dossier, en CSV et JSON, avec leur dictionnaire
cli-hub-statistics-export--to = Dossier à créer ; il n’en remplace jamais un autre

## Réponses
yes = oui
no = non
model-national = « tous ensemble »
standing-primary = annoncé avant de voir les données
standing-exploratory = exploratoire
coverage-whole = France
coverage-note = Une commune est desservie si au moins un nœud l’annonce. Un territoire à cheval sur plusieurs départements compte dans chacun.
territories-note = Personnes actives dans le semestre { $half-year }, avec le bruit ajouté par les nœuds. Les territoires sont dans l’ordre de leurs SIREN : ce n’est pas un classement.
target-people-accompanied = personnes accompagnées dans l’année
target-solutions-opened = nouvelles solutions ouvertes
target-pilot-beneficiaries = bénéficiaires du pilote
flows-note = Paires de territoires non montrées, ayant moins de { $needed } passages de relais : { $number }.
export-done = Les chiffres publiés sont écrits dans { $path }.
export-files = Fichiers

## Pourquoi un chiffre manque, et ce qu’il faut en savoir
figures-withheld-not-reported = Un territoire sans nombre de personnes n’a rien déclaré pour le semestre.
figures-withheld-too-few-persons = Le nombre de personnes d’un territoire n’est montré qu’au-delà de { $needed }, le bruit compris.
figures-withheld-protects-another = Le nombre de personnes d’un territoire est aussi masqué quand, sans cela, le total publié laisserait calculer celui d’un autre.
figures-withheld-nothing-reported = Aucun semestre de cette année n’a été déclaré.
figures-withheld-not-declared = Pas encore connu : cela vient des comptes annuels déclarés par les territoires, que ce fédérateur ne reçoit pas encore.
data-notes = Codes de ce qu’il faut savoir de la valeur
refusal-export-unsteady = Des déclarations sont arrivées pendant la lecture des chiffres. Rien n’est écrit : recommencez dans un moment.
figures-withheld-pilot-not-named = Pas encore connu : les territoires du pilote ne sont pas nommés, et le nombre national n’est pas le leur.
figures-note-persons-of-half-years = Ces nombres additionnent les personnes comptées par chaque territoire dans un semestre. Qui est actif dans les deux semestres, ou dans deux territoires, y est plusieurs fois : aucun des deux n’est le nombre de personnes de l’année, ni une borne de ce nombre.
figures-note-half-year-withheld = Un semestre déclaré ne peut pas être montré et n’est pas additionné.

## Refus
refusal-year-not-over = L’année { $year } n’est pas révolue. Les passages de relais sont comptés par années révolues : demandez-en une plus ancienne.
refusal-export-exists = Il y a déjà quelque chose à cet endroit ({ $path }). Rien n’est jamais remplacé : choisissez un autre dossier.
refusal-export-unwritable = Rien ne peut être écrit à cet endroit ({ $path }). Vérifiez que le dossier qui le contient existe et vous appartient.

## Noms des colonnes
column-key = Clé
column-indicator = Indicateur
column-standing = Statut
column-noise-or-interval = Bruit ou intervalle à 95 %
column-departement = Département
column-communes = Communes
column-served = Desservies
column-inhabitants-served = Habitants desservis
column-with-node = Avec un nœud
column-reporting = Déclarants
column-commune = Commune
column-persons = Personnes actives
column-target = Objectif
column-goal = But
column-larger-half-year = Plus grand semestre
column-both-half-years = Deux semestres
column-half-years = Semestres
column-carrier = Transporteur
column-handovers = Passages de relais

## Dictionnaire des fichiers exportés
data-privacy-noise = Chaque territoire a ajouté du hasard à ce chiffre avant de l’envoyer, de sorte qu’il ne dit d’aucune personne si elle utilise le service ; il n’est montré que si les règles de publication le permettent.
data-privacy-public = Information publique, ou nom de quelque chose : rien sur des personnes.
data-vocabulary = Vocabulaire de la déclaration, avec sa version
data-period = Mois (AAAA-MM) ou semestre (AAAA-H1, AAAA-H2)
data-model = Modèle de participation, identifiant@version ; vide pour tous ensemble
data-cell = Case du vocabulaire
data-total = Somme des valeurs bruitées ; peut être négative. Les trajets sont comptés jusqu’à trois par personne et par mois
data-noise_2sd = Deux écarts-types du bruit de la somme, arrondis vers le haut
data-territories = Territoires qui ont déclaré
data-reports = Déclarations additionnées
data-withheld = Code de la raison pour laquelle la valeur n’est pas montrée, comme too-few-territories (trop peu de territoires) ou tells-a-part (laisserait calculer ce qui est masqué) ; vide si elle l’est
data-indicator = Clé de l’indicateur
data-figure = Valeur de l’indicateur ; une part s’écrit 0,5 pour 50 %, et le bruit peut la porter hors de 0 à 1. Les trajets sont comptés jusqu’à trois par personne et par mois
data-low = Borne basse de l’intervalle à 95 %
data-high = Borne haute de l’intervalle à 95 %
data-interval_withheld = Code de la raison pour laquelle l’intervalle n’est pas montré
data-periods = Périodes additionnées : celles qui sont montrées
data-periods_withheld = Périodes déclarées qui ne sont pas montrées, et pas additionnées
data-standing = Annoncé avant de voir les données (primary) ou exploratoire (exploratory)
data-population = Habitants des territoires du modèle
data-first = Premier modèle de la paire
data-second = Second modèle de la paire
data-first_territories = Territoires du premier modèle
data-second_territories = Territoires du second modèle
data-conclusion = Ce que l’on peut conclure, jamais une cause : différence vue (detected), pas vue (not-detected), méthodes en désaccord (methods-disagree), une seule méthode (one-method), rien de montré (withheld)
data-difference = Premier modèle moins second
data-detectable = Plus petite différence qui aurait été vue quatre fois sur cinq par la première méthode seule
data-p_adjusted = Valeur p après la correction de Holm
data-departement = Numéro du département ; vide pour l’ensemble
data-communes = Communes de l’endroit
data-communes_served = Communes qu’au moins un nœud dessert
data-inhabitants = Habitants
data-inhabitants_served = Habitants des communes desservies
data-territories_there = Territoires qui y ont des communes
data-territories_with_node = Ceux qui ont un nœud
data-territories_reporting = Ceux dont au moins une déclaration compte
data-siren = SIREN du territoire
data-name = Nom du territoire
data-half_year = Semestre des personnes actives
data-persons = Personnes actives dans le semestre, bruit compris
data-year = Année ; 0 si rien n’a été déclaré
data-target = Clé de l’objectif
data-goal = But fixé par le programme
data-larger_half_year = Personnes du semestre qui en a le plus, additionnées sur les territoires
data-larger_half_year_noise_2sd = Deux écarts-types du bruit de cette somme
data-both_half_years = Personnes des deux semestres additionnées : qui est actif dans les deux compte deux fois
data-both_half_years_noise_2sd = Deux écarts-types du bruit de cette somme
data-half_years = Semestres additionnés
data-hash = Empreinte BLAKE3 de la déclaration
data-why = Pourquoi elle ne compte pas : retirée par son nœud (withdrawn) ou laissée en dehors par l’équipe nationale (quarantined)
data-decided_at = Quand
data-decided_by = Qui l’a décidé, pour l’équipe nationale
data-reason = La raison, publique

## Déclarations laissées en dehors
cli-hub-reports-quarantine = Laisse une déclaration en dehors de tous les chiffres
cli-hub-reports-quarantine--node = Nœud qui l’a envoyée
cli-hub-reports-quarantine--period = Mois (AAAA-MM) ou semestre (AAAA-H1, AAAA-H2)
cli-hub-reports-quarantine--by = Nom de qui décide
cli-hub-reports-quarantine--reason = Raison, publique ; rien sur une personne
cli-hub-reports-lift = Compte de nouveau une déclaration laissée en dehors
cli-hub-reports-lift--node = Nœud qui l’a envoyée
cli-hub-reports-lift--period = Mois (AAAA-MM) ou semestre (AAAA-H1, AAAA-H2)
cli-hub-reports-lift--by = Nom de qui décide
cli-hub-reports-lift--reason = Raison, publique ; rien sur une personne
reports-quarantined = Cette déclaration est gardée, montrée avec la raison, et laissée en dehors de tous les chiffres :
reports-lifted = Cette déclaration compte de nouveau :
reports-left-out = par { $by } : { $reason }
doubt-too-many-trips = plus de trajets que ses personnes n’ont pu en faire
column-doubt = Doute
column-left-out = Laissée en dehors
refusal-report-unknown = Aucune déclaration de ce nœud n’a été reçue pour { $period }. Vérifiez la période : un mois (2026-10) ou un semestre (2026-H2).
refusal-decision-malformed = Dites qui décide et pourquoi, chacun en une ligne : le nom en 100 caractères, la raison en 500 au plus.
refusal-decision-already = Il en est déjà ainsi de cette déclaration. Rien n’est changé.
refusal-decision-too-many = Trop de décisions ont été prises sur cette déclaration. Rien n’est changé.
