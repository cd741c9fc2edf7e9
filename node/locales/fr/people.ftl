# Textes sur les personnes.

## Aide : personnes
cli-node-person-add--email = Adresse électronique
cli-node-person-add--channel = Comment la personne souhaite être jointe : phone (appel), sms, email, letter (courrier)
cli-node-person-add--birth_year = Année de naissance
cli-node-person-add--situation = Situation : jobseeker (recherche d’emploi), employed (en emploi), training (formation), retired (retraite), disability (handicap), minimum-income (minima sociaux), other, unknown
cli-node-person-add--ground = Motif d’éligibilité dont le justificatif a été vu aujourd’hui, par exemple rsa ou css:2026-01-01:2026-12-31 (répétable)
cli-node-person-add--quotient = Quotient familial, en euros par mois
cli-node-person-add--member_until = Dernier jour de l’adhésion, AAAA-MM-JJ
cli-node-person-add--prescriber = Identifiant de la structure qui oriente
cli-node-person-add--informed_on = Jour où la personne a été informée de ce qui est conservé, AAAA-MM-JJ
cli-node-person-add--internal_notes = Notes réservées au bureau, jamais montrées à un conducteur
cli-node-person-add--avoid = Bénévoles qui ne conduisent pas cette personne : identifiants
cli-node-person-add--even_if_duplicate = Enregistre même si quelqu’un de très ressemblant est déjà connu
cli-node-person-update = Modifie la fiche d’une personne ; ce qui n’est pas indiqué reste, et un texte vide efface
cli-node-person-update--id = { help-person }
cli-node-person-update--name = { cli-node-person-add--name }
cli-node-person-update--phone = { cli-node-person-add--phone }
cli-node-person-update--commune = { cli-node-person-add--commune }
cli-node-person-update--address = { cli-node-person-add--address }
cli-node-person-update--need = { cli-node-person-add--need }
cli-node-person-update--sharing = { cli-node-person-add--sharing }
cli-node-person-update--no_statistics = { cli-node-person-add--no_statistics }
cli-node-person-update--notes = { cli-node-person-add--notes }
cli-node-person-update--outside = { cli-node-person-add--outside }
cli-node-person-update--email = { cli-node-person-add--email }
cli-node-person-update--channel = { cli-node-person-add--channel }
cli-node-person-update--birth_year = { cli-node-person-add--birth_year }
cli-node-person-update--situation = { cli-node-person-add--situation }
cli-node-person-update--ground = { cli-node-person-add--ground }
cli-node-person-update--quotient = { cli-node-person-add--quotient }
cli-node-person-update--member_until = { cli-node-person-add--member_until }
cli-node-person-update--prescriber = { cli-node-person-add--prescriber }
cli-node-person-update--informed_on = { cli-node-person-add--informed_on }
cli-node-person-update--internal_notes = { cli-node-person-add--internal_notes }
cli-node-person-update--avoid = { cli-node-person-add--avoid }
cli-node-person-update--statistics = La personne ne s’oppose plus aux statistiques
cli-node-person-update--etag = { help-etag }
cli-node-person-search = Cherche une personne, un bénévole ou une structure par quelques lettres
cli-node-person-search--text = Débuts de mots du nom, chiffres du téléphone, commune ; les fautes de frappe sont pardonnées
cli-node-person-search--kind = Seulement : person (bénéficiaires), volunteer (bénévoles), prescriber (structures)
cli-node-person-search--limit = Nombre de réponses, 20 au plus
cli-node-person-history = Montre les destinations habituelles d’une personne et ce qui s’est passé
cli-node-person-history--id = { help-person }
cli-node-person-history--before = Événements d’avant ce numéro
cli-node-person-history--limit = { help-limit }
cli-node-volunteer-add--email = Adresse électronique
cli-node-volunteer-add--channel = Comment le bénévole souhaite être joint : phone (appel), sms, email, letter (courrier)
cli-node-volunteer-add--trips_per_week = Trajets par semaine au plus (0 : sans limite)
cli-node-volunteer-add--hours_per_week = Heures par semaine au plus, de chez lui à chez lui (0 : sans limite)
cli-node-volunteer-add--wished_km = Kilomètres souhaités en quatre semaines, trajets à vide compris : sert à répartir équitablement (0 : rien de dit)
cli-node-volunteer-add--stays_in = Communes où il prend et dépose, et nulle part ailleurs : code INSEE ou nom (répétable)
cli-node-volunteer-add--status = Ce que ce conducteur est au porteur : volunteer (bénévole) ou employee (salarié, sans indemnité ni relevé)
cli-node-volunteer-add--avoid = Personnes que ce bénévole ne conduit pas : identifiants
cli-node-volunteer-add--fiscal_power = Puissance fiscale du véhicule, en CV (ligne P.6 de la carte grise)
cli-node-volunteer-add--electric = Le véhicule est électrique
cli-node-volunteer-update = Modifie la fiche d’un bénévole ; ce qui n’est pas indiqué reste, et un texte vide efface
cli-node-volunteer-update--id = { help-volunteer }
cli-node-volunteer-update--name = { cli-node-volunteer-add--name }
cli-node-volunteer-update--phone = { cli-node-volunteer-add--phone }
cli-node-volunteer-update--commune = { cli-node-volunteer-add--commune }
cli-node-volunteer-update--address = { cli-node-volunteer-add--address }
cli-node-volunteer-update--accepts = { cli-node-volunteer-add--accepts }
cli-node-volunteer-update--availability = { cli-node-volunteer-add--availability }
cli-node-volunteer-update--max_km = { cli-node-volunteer-add--max_km }
cli-node-volunteer-update--outside = { cli-node-volunteer-add--outside }
cli-node-volunteer-update--email = { cli-node-volunteer-add--email }
cli-node-volunteer-update--channel = { cli-node-volunteer-add--channel }
cli-node-volunteer-update--trips_per_week = { cli-node-volunteer-add--trips_per_week }
cli-node-volunteer-update--hours_per_week = { cli-node-volunteer-add--hours_per_week }
cli-node-volunteer-update--wished_km = { cli-node-volunteer-add--wished_km }
cli-node-volunteer-update--stays_in = { cli-node-volunteer-add--stays_in }
cli-node-volunteer-update--status = { cli-node-volunteer-add--status }
cli-node-volunteer-update--avoid = { cli-node-volunteer-add--avoid }
cli-node-volunteer-update--vehicle = Tous ses véhicules, le plus courant d’abord : places[:fauteuils[:CV[:e]]][@nom], par exemple 4:0:5 ou 2:1:7:e@Fourgon si électrique. Un véhicule déjà noté garde son numéro, ses papiers et ce qui n’est pas redit ; pour le corriger, commencez par son numéro : 1=::6 change ses CV. Pour un autre véhicule à sa place : new=4:0:6
cli-node-volunteer-update--standing_yes = Le bureau peut promettre ce conducteur sans lui demander : yes ou no
cli-node-volunteer-update--etag = { help-etag }
cli-node-volunteer-activate = Un bénévole peut de nouveau être sollicité
cli-node-volunteer-activate--id = { help-volunteer }
cli-node-volunteer-deactivate = Un bénévole n’est plus sollicité ; ce qu’il a promis reste promis
cli-node-volunteer-deactivate--id = { help-volunteer }
cli-node-volunteer-document = Note qu’un document a été vu ; il remplace celui du même type
cli-node-volunteer-document--id = { help-volunteer }
cli-node-volunteer-document--kind = Type : licence (permis), insurer-acceptance (accord écrit de l’assureur), roadworthiness-test (contrôle technique), charter (charte), training (formation)
cli-node-volunteer-document--seen = Jour où il a été vu, AAAA-MM-JJ (sinon : aujourd’hui)
cli-node-volunteer-document--until = Dernier jour de validité, AAAA-MM-JJ (sinon : sans échéance)
cli-node-volunteer-document--vehicle = Véhicule du contrôle technique, par son numéro (volunteer show) ; inutile s’il n’y en a qu’un
cli-node-volunteer-document--withdraw = Retire un document noté par erreur
cli-node-volunteer-document--etag = { help-etag }
cli-node-volunteer-expiries = Liste les documents échus ou bientôt échus
cli-node-volunteer-expiries--days = Dans combien de jours au plus
cli-node-volunteer-required-documents = Montre ou fixe les documents exigés de chaque bénévole
cli-node-volunteer-required-documents--set = Types exigés ; un texte vide : aucun
cli-node-volunteer-required-documents--etag = { help-etag }
cli-node-prescriber = Structures qui orientent
help-prescriber = Identifiant de la structure
cli-node-prescriber-add = Enregistre une structure qui oriente
cli-node-prescriber-update = Modifie une structure ; ce qui n’est pas indiqué reste
cli-node-prescriber-list = Liste les structures
cli-node-prescriber-show = Montre une structure
cli-node-prescriber-add--organisation = Nom de la structure
cli-node-prescriber-update--organisation = { cli-node-prescriber-add--organisation }
cli-node-prescriber-add--contact = Personne à demander
cli-node-prescriber-update--contact = { cli-node-prescriber-add--contact }
cli-node-prescriber-add--phone = Téléphone
cli-node-prescriber-update--phone = { cli-node-prescriber-add--phone }
cli-node-prescriber-add--email = Adresse électronique
cli-node-prescriber-update--email = { cli-node-prescriber-add--email }
cli-node-prescriber-update--id = { help-prescriber }
cli-node-prescriber-update--active = La structure oriente encore : yes ou no
cli-node-prescriber-update--etag = { help-etag }
cli-node-prescriber-show--id = { help-prescriber }
cli-node-prescriber-list--after = { help-after }
cli-node-prescriber-list--limit = { help-limit }
cli-node-staff-list--after = { help-after }
cli-node-staff-list--limit = { help-limit }
cli-node-staff = Professionnels de la plateforme
help-staff = Identifiant du professionnel
cli-node-staff-add = Enregistre un professionnel
cli-node-staff-update = Modifie un professionnel ; ce qui n’est pas indiqué reste
cli-node-staff-list = Liste les professionnels
cli-node-staff-show = Montre un professionnel
cli-node-staff-add--name = Nom et prénom
cli-node-staff-update--name = { cli-node-staff-add--name }
cli-node-staff-add--function = Fonction
cli-node-staff-update--function = { cli-node-staff-add--function }
cli-node-staff-add--phone = Téléphone
cli-node-staff-update--phone = { cli-node-staff-add--phone }
cli-node-staff-add--email = Adresse électronique
cli-node-staff-update--email = { cli-node-staff-add--email }
cli-node-staff-add--may_drive = Peut conduire les véhicules de la plateforme
cli-node-staff-update--may_drive = Peut conduire les véhicules de la plateforme : yes ou no
cli-node-staff-update--id = { help-staff }
cli-node-staff-update--active = Travaille ici : yes ou no
cli-node-staff-update--etag = { help-etag }
cli-node-staff-show--id = { help-staff }

## Phrases et champs
person-updated = La fiche est modifiée.
volunteer-updated = La fiche est modifiée.
volunteer-still-drives = { $count ->
    [one] Ce bénévole a promis un trajet : il reste à sa charge tant que vous ne trouvez pas quelqu’un d’autre.
   *[other] Ce bénévole a promis { $count } trajets : ils restent à sa charge tant que vous ne trouvez pas quelqu’un d’autre.
}
documents-none = aucun
vehicle-shown = n° { $number } : { $seats } { $seats ->
        [one] place
       *[other] places
    }{ $places ->
        [0] {""}
        [one] , 1 fauteuil
       *[other] , { $places } fauteuils
    }{ $power ->
        [0] {""}
       *[other] , { $power } CV
    }{ $electric ->
        [yes] , électrique
       *[no] {""}
    }
field-email = Courriel
field-channel = À joindre par
field-birth_year = Année de naissance
field-crow = Codes CROW
crow-without-code = sans équivalent CROW vérifié : { $needs }
field-situation = Situation
field-grounds = Motifs d’éligibilité
field-quotient = Quotient familial
field-member_until = Adhésion jusqu’au
field-informed_on = Informé le
field-internal_notes = Notes internes
field-avoid = À ne pas réunir avec
field-last_contact = Dernier contact
field-etag = Version
field-driver_status = Statut
driver-status-volunteer = bénévole
driver-status-employee = salarié
document-of-vehicle = { $kind } du véhicule n° { $number }
field-active = Sollicité
field-trips_per_week = Trajets par semaine
field-hours_per_week = Heures par semaine
field-wished = Souhaite (28 jours)
field-stays_in = Seulement dans
field-kind = Qui
field-destination = Destination
field-times = Fois
field-usual_time = D’habitude
field-last_day = La dernière fois
field-actor = Par
field-document = Document
field-valid_until = Valable jusqu’au
field-expired = Échu
field-required = Documents exigés
field-organisation = Structure
field-contact = Contact
field-function = Fonction
field-may_drive = Peut conduire
field-ground = Motif d’éligibilité
field-seen = Vu le
field-seen_on = Vu le
field-communes = Communes

## Listes
channel-phone = appel
channel-sms = SMS
channel-email = courriel
channel-letter = courrier
situation-jobseeker = en recherche d’emploi
situation-employed = en emploi
situation-training = en formation
situation-retired = à la retraite
situation-disability = en situation de handicap
situation-minimum-income = aux minima sociaux
situation-other = autre
situation-unknown = non renseignée
document-licence = permis de conduire
document-insurer-acceptance = accord écrit de l’assureur
document-roadworthiness-test = contrôle technique
document-charter = charte signée
document-training = formation
search-kind-person = bénéficiaire
search-kind-volunteer = bénévole
search-kind-prescriber = structure
agreement-name = le nom
agreement-phone = le téléphone
agreement-home = le domicile
agreement-birth-year = l’année de naissance
day-mon = lundi
day-tue = mardi
day-wed = mercredi
day-thu = jeudi
day-fri = vendredi
day-sat = samedi
day-sun = dimanche
reason-avoided = cette personne et ce conducteur ne sont pas à réunir
reason-document-expired = document échu : { $document }, depuis le { $until }
reason-document-missing = document exigé et jamais vu : { $document }
reason-outside-communes = ne prend ni ne dépose dans cette commune : { $commune }
reason-trips-per-week = a déjà ses { $limit } trajets cette semaine-là
reason-hours-per-week = dépasserait ses { $limit } heures cette semaine-là
why-not-avoided = cette personne et ce conducteur ne sont pas à réunir
why-not-document-expired = un de ses documents est échu
why-not-document-missing = un document exigé n’a pas été vu
why-not-outside-communes = il ne se rend pas dans une des communes
why-not-trips-per-week = sa semaine a déjà tous ses trajets
why-not-hours-per-week = sa semaine serait trop longue

## Refus
refusal-person-duplicate = Quelqu’un de très ressemblant est déjà enregistré ({ $candidates }) ; ce qui correspond : { $agreed }. Rien n’a été écrit. Ouvrez la fiche trouvée ; si c’est bien une autre personne, recommencez en le confirmant (even_if_duplicate).
refusal-prescriber-unknown = Aucune structure n’a l’identifiant { $id }. Cherchez-la avec « prescriber list », ou enregistrez-la d’abord.
refusal-professional-unknown = Aucun professionnel n’a l’identifiant { $id }. Cherchez-le avec « staff list ».
refusal-birth-year = L’année de naissance n’est pas possible. Indiquez une année de 1900 à aujourd’hui, ou laissez vide.
refusal-situation-unknown = Cette situation n’est pas dans la liste. Choisissez un des codes proposés par l’aide, ou « unknown ».
refusal-quotient = Le quotient familial dépasse { $max } € : vérifiez le montant mensuel, en euros entiers.
refusal-ground-code = Un motif d’éligibilité s’écrit en lettres minuscules, chiffres et tirets, comme « rsa » ou « css ». Corrigez son code.
refusal-ground-order = Un motif d’éligibilité se termine avant de commencer. Corrigez ses dates.
refusal-too-many-grounds = Il y a { $grounds } motifs d’éligibilité ; 20 au plus sont conservés. Retirez les plus anciens.
refusal-date-in-the-future = Cette date est dans l’avenir ({ $field }), alors que la chose a déjà eu lieu. Corrigez-la.
refusal-channel-unknown = Ce moyen de contact n’est pas dans la liste : phone, sms, email ou letter.
refusal-channel-no-phone = La personne souhaite être jointe par { $channel }, mais aucun numéro n’est noté. Ajoutez un numéro, ou choisissez un autre moyen.
refusal-channel-no-email = La personne souhaite être jointe par courriel, mais aucune adresse n’est notée. Ajoutez une adresse, ou choisissez un autre moyen.
refusal-email-form = L’adresse électronique n’est pas complète. Elle s’écrit nom@exemple.fr.
refusal-too-many-to-avoid = La liste compte { $people } noms ; 50 au plus sont possibles. Raccourcissez-la, et parlez-en ensemble.
refusal-document-vehicle = Un contrôle technique est celui d’un des véhicules du bénévole : dites lequel, par son numéro (--vehicle).
refusal-driver-status = Le statut d’un conducteur est volunteer ou employee.
refusal-driver-employee = Ce conducteur est salarié ({ $id }) : il n’a ni indemnité, ni relevé de frais, ni abandon.
refusal-document-kind-unknown = Ce type de document n’est pas dans la liste : licence, insurer-acceptance, roadworthiness-test, charter, training.
refusal-fiscal-power = Une puissance fiscale de { $power } CV n’existe pas : 1 à 50 CV, comme sur la ligne P.6 de la carte grise.
refusal-vehicles = Il y a { $vehicles } véhicules ; de 1 à 5 sont possibles. Gardez ceux qui servent vraiment.
refusal-absence-not-noted = Cette absence n’est pas notée. Voyez celles qui le sont avec : volunteer show, et donnez le premier et le dernier jour tels quels.
refusal-vehicle-unclear = Ce véhicule n’est pas l’un de ceux qui sont notés, et l’un d’eux disparaîtrait avec ses papiers. Pour le corriger, commencez par son numéro (volunteer show), par exemple 1=4:0:6 ; pour un autre véhicule, écrivez new=4:0:6.
refusal-vehicle-number-unknown = Aucun véhicule de ce bénévole n’a ce numéro, ou il est donné deux fois. Voyez les numéros avec : volunteer show
refusal-trips-per-week = Une limite de { $trips } trajets par semaine n’est pas possible : de 1 à 100, ou 0 pour aucune limite.
refusal-hours-per-week = Une limite de { $hours } heures par semaine n’est pas possible : de 1 à 168, ou 0 pour aucune limite.
refusal-wished-m = { $metres } mètres souhaités en quatre semaines ne sont pas possibles : de 1 mètre à 4 000 km, ou 0 si rien n’est dit.
refusal-too-many-communes = La liste compte { $communes } communes ; 400 au plus sont possibles. Laissez-la vide pour toutes.
refusal-search-kind-unknown = On ne peut chercher que person, volunteer ou prescriber. Corrigez, ou n’indiquez rien pour tous.
