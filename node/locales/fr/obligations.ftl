# Obligations : préfet, registre, conservation, droits des personnes.

## Aide
cli-node-obligations = Obligations : déclaration au préfet, registre des traitements
cli-node-obligations-tus-return = Compte la déclaration annuelle du transport d’utilité sociale (avant le 1er mars)
cli-node-obligations-tus-return--year = Année civile, par exemple 2026
cli-node-obligations-tus-return--carrier = Association (sinon : celle par défaut)
cli-node-obligations-tus-return--figure = Montre de quoi ce chiffre est fait : drivers, volunteer-drivers, beneficiaries, by-residence, by-resources, own-vehicles, lent-vehicles, trips, trips-to-verify, trips-other-frame, trips-excepted, trips-undecided, trips-costed
cli-node-obligations-tus-return--after = { help-after }
cli-node-obligations-tus-return--limit = { help-limit }
cli-node-obligations-tus-return--csv = Écrit un tableau pour un tableur
cli-node-obligations-tus-return--html = Écrit une page à imprimer
cli-node-obligations-register = Montre le registre des traitements (RGPD, article 30)
cli-node-obligations-register--html = Écrit une page à imprimer
cli-node-retention = Conservation : ce qui est à effacer, et ce qui l’est
cli-node-retention-preview = Montre ce que les durées de conservation feraient effacer aujourd’hui ; ne change rien
cli-node-retention-purge = Efface exactement ce que la liste montrait
cli-node-retention-purge--confirm = Empreinte donnée par « retention preview »
cli-node-retention-erasures = Liste les effacements et où ils en sont
cli-node-retention-erasures--limit = { help-limit }
cli-node-retention-erasures--after = { help-after }
cli-node-person-export = Écrit tout ce que le nœud détient sur ce bénéficiaire, pour le lui remettre
cli-node-person-export--id = { help-person }
cli-node-person-export--html = Écrit une page lisible au lieu de JSON
cli-node-person-erase = Efface ce bénéficiaire de toutes les données ; ce que la loi impose de garder reste
cli-node-person-erase--id = { help-person }
cli-node-person-erase--confirm = Oui, effacer : rien ne pourra être retrouvé
cli-node-person-erase--no_statistics = La personne s’oppose aussi aux statistiques : ce qui n’est pas encore compté ne le sera pas
cli-node-person-access-log = Montre qui a vu les données de ce bénéficiaire, quand et pourquoi
cli-node-person-access-log--id = { help-person }
cli-node-person-access-log--limit = { help-limit }
cli-node-person-access-log--after = { help-after }
cli-node-volunteer-export = Écrit tout ce que le nœud détient sur ce bénévole, pour le lui remettre
cli-node-volunteer-export--id = { help-volunteer }
cli-node-volunteer-export--html = Écrit une page lisible au lieu de JSON
cli-node-volunteer-erase = Efface ce bénévole de toutes les données ; ce que la loi impose de garder reste
cli-node-volunteer-erase--id = { help-volunteer }
cli-node-volunteer-erase--confirm = Oui, effacer : rien ne pourra être retrouvé
cli-node-volunteer-erase--no_statistics = La personne s’oppose aussi aux statistiques : ce qui n’est pas encore compté ne le sera pas
cli-node-volunteer-access-log = Montre qui a vu les données de ce bénévole, quand et pourquoi
cli-node-volunteer-access-log--id = { help-volunteer }
cli-node-volunteer-access-log--limit = { help-limit }
cli-node-volunteer-access-log--after = { help-after }

## Champs
field-kept_by = gardé parce que
field-before = plus ancien que
field-rows = lignes
field-asked_at = demandé
field-deadline = au plus tard

## Déclaration au préfet
tus-heading = Transport d’utilité sociale : déclaration annuelle { $year }
tus-row = { $name } : { $value }
tus-note = À noter : { $text }
tus-more = Suite : --after { $after }
tus-basis = Articles L.3133-1 et R.3133-1 à R.3133-5 du code des transports ; arrêté du 17 octobre 2019. À adresser au préfet avant le 1er mars de l’année suivante.
tus-notes = À vérifier avant de signer
tus-signature = Fait à ........................, le ........................ — Nom, qualité et signature :
tus-no-carrier = aucune association n’est déclarée sur ce nœud : déclarez-la d’abord.
tus-no-headcount = les effectifs de l’association pour cette année ne sont pas notés : complétez sa fiche.
tus-verify = { $count ->
    [one] un trajet a un cadre juridique à vérifier. Il n’est pas dans les chiffres.
   *[other] { $count } trajets ont un cadre juridique à vérifier. Ils ne sont pas dans les chiffres.
}
tus-uncosted = { $count ->
    [one] la participation d’un trajet n’est pas connue.
   *[other] la participation de { $count } trajets n’est pas connue.
}
tus-neighbours = { $count ->
    [one] un trajet a été fait pour un territoire voisin : la personne est comptée là-bas.
   *[other] { $count } trajets ont été faits pour des territoires voisins : leurs personnes sont comptées là-bas.
}
tus-both-grounds = une personne transportée aux deux titres (résidence et ressources) figure dans les deux parts, et une seule fois parmi les bénéficiaires.
tus-association = Association
tus-rna = Numéro RNA
tus-address = Siège
tus-employees = Salariés
tus-volunteers = Bénévoles
tus-members = Adhérents
tus-drivers = Conducteurs
tus-volunteer-drivers = dont bénévoles
tus-beneficiaries = Bénéficiaires
tus-by-residence = dont au titre de la résidence
tus-by-resources = dont au titre des ressources
tus-own-vehicles = Véhicules de l’association
tus-own-places = Capacité moyenne (places, conducteur compris)
tus-lent-vehicles = Véhicules mis à disposition
tus-lent-places = Capacité moyenne (places, conducteur compris) des véhicules mis à disposition
tus-contributions = Participations demandées, en tout
tus-highest-contribution = Participation la plus élevée pour un trajet
tus-free-trips = Trajets sans participation
tus-rules = Règles particulières (modèles de participation)
tus-trips = Trajets
tus-mean = Distance moyenne d’un trajet
tus-trips-to-verify = Trajets au cadre à vérifier (non comptés)
tus-trips-other-frame = Trajets sous un autre cadre (non comptés)
tus-trips-excepted = Trajets hors de tout cadre, sous dérogation signée (non comptés)
tus-trips-undecided = Trajets hors de tout cadre sans dérogation, ou sans décision (non comptés)
figure-item-trip = trajet
figure-item-person = bénéficiaire
figure-item-volunteer = bénévole
figure-item-staff = professionnel
figure-item-asset = véhicule
figure-item-volunteer-vehicle = véhicule d’un bénévole

## Conservation et effacement
retention-goes = { $count ->
    [0] Personne n’est à effacer.
    [one] À effacer : une personne.
   *[other] À effacer : { $count } personnes.
}
retention-stays = { $count ->
    [0] Personne n’est gardé au-delà de la durée.
    [one] Gardée au-delà de la durée : une personne.
   *[other] Gardées au-delà de la durée : { $count } personnes.
}
retention-confirm = Rien n’est changé. Les pièces comptables restent dix ans (article L.123-22 du code de commerce), et le registre des besoins non satisfaits reste, sans la personne. Pour effacer exactement cette liste : maillage-node retention purge --confirm { $digest }
retention-purged = Effacé : { $erased } dossiers, { $passengers } passagers de voisins, { $rows } autres lignes. Les fichiers du disque seront refaits la nuit prochaine.
erasure-begun = Effacé de toutes les données ({ $rows } lignes). Les fichiers du disque seront refaits la nuit prochaine, au plus tard le { $deadline }. Si une personne a voyagé avec un territoire voisin, prévenez aussi ce voisin : ce nœud ne peut rien effacer chez lui.
retention-kind-beneficiary = bénéficiaire
retention-kind-volunteer = bénévole
retention-kind-referral = orientation sans suite
retention-kind-carried-passenger = passager d’un voisin
retention-kind-access-log = journal des accès
retention-kind-dead-letter = envoi abandonné
retention-kind-inbox-mark = marque de réception
retention-kind-accounting-piece = pièce comptable
retention-kind-message = message ou appel
retention-kind-driver-offer = proposition à un conducteur
retention-kind-lost-drive = trajet perdu par un conducteur
obstacle-open-trip = trajet en cours
obstacle-open-series = série en cours
obstacle-open-loan = prêt en cours
obstacle-open-pathway = parcours en cours
obstacle-open-service = service en cours
obstacle-unpaid-balance = solde non réglé
obstacle-open-statement = frais pas encore relevés
obstacle-open-handover = relais en cours
erasure-state-rows = données en cours
erasure-state-files = effacé ; fichiers à refaire
erasure-state-done = terminé
erasure-reason-asked = à la demande de la personne
erasure-reason-retention = durée écoulée

## Copie des données
copy-title = Copie de vos données
copy-about = Voici tout ce que la plateforme détient sur vous (RGPD, articles 15 et 20), famille par famille. Ce qui concerne d’autres personnes est retiré. Pour faire corriger ou effacer, adressez-vous à la plateforme ; vous pouvez aussi saisir la CNIL.
copy-family = Traitement : { $processing }. En cas d’effacement : { $fate }.
copy-yes = oui
copy-no = non
fate-deleted = supprimé
fate-emptied = vidé de ce qui vous identifie
fate-anonymous = gardé sous un numéro qui ne désigne plus personne
fate-accounting-law = gardé dix ans, la loi l’impose (article L.123-22 du code de commerce)
fate-accountability = gardé jusqu’à la fin de sa propre durée, comme preuve
fate-sealed = scellé pour un autre nœud
family-persons = Votre fiche
family-volunteers = Votre fiche de bénévole
family-requests = Vos demandes
family-trips = Trajets
family-past_trips = Trajets d’avant Maillage
family-handovers_outgoing = Passages de relais à un voisin
family-handovers_incoming = Trajets repris d’un voisin
family-events = Journal de ce qui a été fait
family-access_log = Qui a vu vos données
family-answered = Demandes nommées par un programme
family-trip_frames = Cadre juridique des trajets
family-frame_exceptions = Exceptions signées
family-trip_costs = Coût des trajets
family-driver_years = Kilomètres de l’année
family-driver_offers = Propositions aux conducteurs
family-messages = Messages envoyés
family-calendar_links = Lien de calendrier
family-driver_links = Lien de vos pages
family-references = Référence dans vos tableaux
family-referrals = Orientations
family-pathways = Parcours
family-services = Services
family-loans = Prêts
family-money_entries = Écritures comptables
family-money_receipts = Reçus
family-money_statements = Relevés de frais
family-money_statement_lines = Lignes des relevés
family-money_drives = Kilomètres à relever
family-money_expenses = Frais à relever
held-name = nom
held-phone = téléphone
held-email = courriel
held-home = domicile
held-address = adresse
held-commune = commune (code INSEE)
held-needs = besoins
held-sharing = partage avec un voisin
held-pooling = voyager avec d’autres
held-statistics_objection = opposition aux statistiques
held-driver_notes = notes pour le conducteur
held-internal_notes = notes internes
held-notes = notes
held-created = créé
held-person = numéro de bénéficiaire
held-volunteer = numéro de bénévole
held-pickup = départ
held-dropoff = arrivée
held-purpose = motif
held-status = état
held-at = quand
held-kind = quoi
held-actor = par qui
held-subject = à propos de
held-subjects = à propos de
held-reason = raison
held-birth_year = année de naissance
held-situation = situation
held-grounds = droits
held-quotient_euros = quotient familial (€)
held-vehicles = véhicules
held-documents = documents vus
held-cents = montant (centimes)
held-earliest_pickup = départ au plus tôt
held-latest_arrival = arrivée au plus tard
held-companions = accompagnants
held-history = historique
held-id = numéro
held-model = modèle de participation
held-channel = moyen de contact
held-last_contact = dernier contact

## Registre des traitements
register-title = Registre des traitements : { $territory }
register-about = RGPD, article 30. Ce registre décrit ce que fait ce logiciel ; le responsable du traitement (l’organisme qui tient la plateforme) y ajoute son nom, son délégué à la protection des données et ce qu’il fait en dehors, et fait vérifier les bases légales. Aucune donnée n’est transférée hors de l’Union européenne par ce logiciel.
register-heading = — { $name }
register-purpose = Finalité
register-legal-basis = Base légale
register-people = Personnes concernées
register-categories = Données
register-recipients = Destinataires
register-terms = Durées
register-security = Sécurité
register-families = Familles d’enregistrements
term-years = { $count ->
    [one] un an
   *[other] { $count } ans
}
term-days = { $count ->
    [one] un jour
   *[other] { $count } jours
}
processing-people = Dossiers des personnes
processing-purpose-people = connaître les bénéficiaires, les bénévoles, l’équipe et les prescripteurs pour organiser l’accompagnement
processing-rides = Demandes et trajets
processing-purpose-rides = prendre les demandes, trouver un conducteur, faire les trajets ; mettre dans une même voiture les personnes qui l’acceptent, sans dire à l’une qui sont les autres
processing-handovers = Passages de relais
processing-purpose-handovers = confier un trajet à un territoire voisin ou à un partenaire sans nœud, ou en reprendre un
processing-frames = Cadres juridiques
processing-purpose-frames = établir à quel titre chaque trajet est fait
processing-pathways = Parcours, services et prêts
processing-purpose-pathways = accompagner vers une mobilité autonome et en suivre l’issue
processing-messages = Messages
processing-purpose-messages = prévenir conducteurs et passagers
processing-money = Argent
processing-purpose-money = tenir les participations, les frais et les reçus
processing-traceability = Traçabilité
processing-purpose-traceability = savoir qui a fait quoi et qui a vu quoi, et prouver les effacements
processing-statistics = Statistiques bruitées
processing-purpose-statistics = compter l’activité sans pouvoir reconnaître personne
processing-node = Le nœud lui-même
processing-purpose-node = faire fonctionner le logiciel : réglages, tables officielles, parc
legal-basis-public-interest-or-contract = mission d’intérêt public ou contrat (RGPD art. 6, 1, e ou b) ; santé : accompagnement social (art. 9, 2, h) ; à confirmer par le responsable
legal-basis-consent-sharing = choix de la personne (RGPD art. 6, 1, a et art. 9, 2, a)
legal-basis-legal-obligation = obligation légale (RGPD art. 6, 1, c)
legal-basis-public-interest-objection = mission d’intérêt public (RGPD art. 6, 1, e), avec droit d’opposition (art. 21)
legal-basis-legitimate-interest = intérêt légitime (RGPD art. 6, 1, f)
data-people-beneficiaries = bénéficiaires
data-people-volunteers = bénévoles
data-people-staff = équipe
data-people-prescribers = prescripteurs
data-people-neighbours-people = personnes d’un territoire voisin
data-category-identity = identité
data-category-contacts = coordonnées
data-category-home = domicile
data-category-needs = besoins (peuvent révéler la santé)
data-category-situation = situation
data-category-eligibility = droits
data-category-choices = choix de la personne
data-category-documents = documents vus et leur échéance
data-category-places = lieux
data-category-times = dates et heures
data-category-purpose = motif (peut révéler la santé)
data-category-drives = trajets conduits
data-category-services = services
data-category-outcomes = issues
data-category-notes = notes
data-category-amounts = montants
data-category-actions = actions et accès, sous un numéro
data-category-noisy-counts = décomptes bruités
data-category-settings = réglages
recipient-desk = l’équipe de la plateforme, selon son rôle
recipient-driver-minimum = le conducteur, pour ses seuls trajets
recipient-chosen-partner = le seul partenaire sans nœud choisi, par fichier et avec l’accord de la personne
recipient-winning-node = le seul nœud voisin choisi, sous scellé
recipient-hub-blind = la plateforme nationale, sans pouvoir lire
recipient-prefect-figures = le préfet : chiffres seulement
recipient-prescriber-outcome = le prescripteur : ce qu’est devenue son orientation
recipient-mail-and-sms-providers = les opérateurs de courriel et de SMS choisis
recipient-treasurer = le trésorier
recipient-accountant = l’expert-comptable
recipient-tax-office = l’administration fiscale, sur contrôle
recipient-auditor = l’auditeur
recipient-the-person = la personne elle-même
recipient-hub-counts = la plateforme nationale : décomptes bruités
security-local-store = données gardées sur la machine de la plateforme, écritures contrôlées
security-roles = accès selon le rôle
security-access-log = journal des accès
security-no-logs = aucune donnée personnelle dans les journaux techniques
security-sealed-award = chiffrement pour le seul destinataire
security-mutual-tls = TLS mutuel
security-differential-privacy = confidentialité différentielle, budget annuel

## Refus
refusal-subject-missing = Il manque la personne dont il s’agit : donnez l’identifiant d’un bénéficiaire ou d’un bénévole.
refusal-erasure-obstacle = Cette personne a encore quelque chose d’ouvert ({ $obstacle }). Terminez-le d’abord, puis effacez.
refusal-erasure-unknown = Aucun effacement n’est noté pour cette personne.
refusal-retention-changed = La liste a changé depuis que vous l’avez vue (ou un jour a passé). Rien n’est effacé : revoyez-la avec « maillage-node retention preview », puis confirmez la nouvelle empreinte.
refusal-year-format = L’année est de la forme 2026, entre 2019 et 2200.
refusal-figure-unknown = Ce chiffre n’est pas dans la déclaration. Les codes sont dans l’aide de « obligations tus-return ».
refusal-erasure-stuck = L’effacement n’avance plus : une famille de données n’est pas vidée comme prévu. C’est une erreur du logiciel : signalez-la, avec le journal du nœud.
refusal-erasure-referral-accepted = Cette orientation a mené à une fiche. Effacez le bénéficiaire ; rien n’a été effacé.
refusal-return-carrier-unknown = Aucune association déclarée ne porte cet identifiant : laissez-le vide pour celle par défaut.
