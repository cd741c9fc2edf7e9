# Textes du fédérateur.

## Aide de la ligne de commande
cli-hub = Le fédérateur : il relie les nœuds des territoires sans jamais lire les données des personnes
cli-hub--data = Dossier des données du fédérateur
cli-hub--lang = Langue des messages
cli-hub--json = Réponse en JSON, pour un programme
cli-hub-init = Crée un fédérateur : autorité de certification et clé de signature
cli-hub-init--federation = Nom de la fédération : minuscules, chiffres et tirets
cli-hub-init--url = Adresse que les nœuds appellent ; le port 0 désigne celui du démarrage
cli-hub-init--address = Autre nom ou adresse du fédérateur, à répéter au besoin
cli-hub-serve = Met le fédérateur en service
cli-hub-serve--listen = Adresse et port ouverts aux nœuds
cli-hub-serve--api_listen = Adresse et port de l’interface locale, sur cette machine seulement
cli-hub-serve--log = Messages à garder au journal, par exemple info
cli-hub-serve--log_format = Forme du journal
cli-hub-serve--clock_file = Fichier qui donne l’heure, pour les démonstrations
cli-hub-invite = Invite un territoire : une chaîne d’inscription à usage unique
cli-hub-invite--territory = SIREN du territoire invité
cli-hub-invite--valid_hours = Durée de validité en heures, 72 sans précision, 720 au plus
cli-hub-nodes = Les nœuds de la fédération
cli-hub-nodes-list = Montre les nœuds
cli-hub-nodes-revoke = Exclut un nœud, tout de suite
cli-hub-nodes-revoke--id = Identifiant du nœud
cli-hub-threads = Les passages de relais
cli-hub-threads-list = Montre les passages de relais, les plus récents d’abord
cli-hub-threads-list--limit = Nombre de lignes, 100 sans précision, 500 au plus
cli-hub-totals = Montre les totaux nationaux par modèle de participation
cli-hub-totals--from = Premier mois
cli-hub-totals--to = Dernier mois
cli-hub-reports = Les déclarations statistiques reçues
cli-hub-reports-list = Montre les déclarations reçues
cli-hub-reports-list--node = Seulement celles de ce nœud
cli-hub-statistics = Ce que disent les déclarations reçues
cli-hub-statistics-compare = Compare les modèles de participation
cli-hub-statistics-compare--indicator = Indicateur : fulfilment-rate (sans précision) ou trips-per-1000
cli-hub-statistics-compare--from = Premier mois
cli-hub-statistics-compare--to = Dernier mois
cli-hub-statistics-compare--against = Modèle auquel comparer tous les autres ; toutes les paires sans précision
cli-hub-statistics-recompute = Recalcule tous les indicateurs à partir des déclarations reçues
cli-hub-status = Montre l’état du fédérateur

## Réponses
init-done = Le fédérateur de la fédération « { $federation } » est créé.
init-next = Mettez-le en service avec : maillage-hub serve
serve-ready = Le fédérateur de la fédération « { $federation } » est en service.
invite-done = Invitation de { $territory }, valable une seule fois, jusqu’au { $expires } :
invite-next = Transmettez cette chaîne par un moyen sûr. Elle sert avec : maillage-node join
revoke-done = Le nœud de { $territory } est exclu de la fédération.
totals-publishable = oui
totals-note = Le bruit ajouté par les nœuds explique à lui seul un écart de ± la valeur indiquée (deux écarts-types).
indicator-fulfilment-rate = part des trajets demandés qui ont été assurés
indicator-trips-per-1000 = trajets assurés pour 1 000 habitants
compare-heading = Comparaison des modèles : { $indicator }
compare-rests-on = Calculé à partir de { $reports } déclarations reçues, d’empreinte { $fingerprint }.
compare-left-out = Déclarations laissées de côté, leur territoire n’étant plus connu : { $number }.
withheld-too-few-territories = non : moins de 3 territoires
withheld-one-territory-dominates = non : un territoire pèse plus de 85 %

## Noms des champs et des colonnes
field-federation = Fédération
field-url = Adresse pour les nœuds
field-directory = Dossier
field-fingerprint = Empreinte de l’autorité
field-listen = Écoute
field-api = Interface locale
field-enrolment = Chaîne d’inscription
field-nodes = Nœuds
field-attached = Reliés
field-directory-version = Version de l’annuaire
field-epoch = Époque
field-clock = Horloge
field-version = Version
column-node = Nœud
column-territory = Territoire
column-name = Nom
column-state = État
column-last-seen = Vu le
column-certificate-until = Certifié jusqu’au
column-waiting = Courrier en attente
column-handover = Passage de relais
column-origin = Origine
column-round = Tour
column-holder = Retenu ou porteur
column-bids = Propositions
column-revision = Révision
column-figure = Valeur
column-by-density = Du moins au plus dense
column-inhabitants = Habitants
column-interval = Intervalle à 95 %
column-model = Modèle
column-cell = Mesure
column-total = Total
column-noise = Bruit
column-territories = Territoires
column-reports = Déclarations
column-published = Publiable
column-period = Mois
column-vocabulary = Vocabulaire
column-received = Reçue le
column-hash = Empreinte
cell-trips-fulfilled = trajets assurés
cell-trips-not-fulfilled = trajets non assurés
node-attached = relié
node-away = absent
node-revoked = exclu
thread-open = ouvert
thread-awarded = attribué
thread-held = pris en charge
thread-released = rendu
thread-withdrawn = repris
thread-expired = expiré
thread-cancelled = annulé
thread-done = terminé

## Refus : inscription
refusal-enrolment-malformed = La demande d’inscription est incomplète ou mal formée. Vérifiez que le nœud est à jour.
refusal-enrolment-unknown = Cette chaîne d’inscription n’est pas connue de ce fédérateur. Demandez une nouvelle invitation.
refusal-enrolment-used = Cette chaîne d’inscription a déjà servi à un autre nœud. Demandez une nouvelle invitation.
refusal-enrolment-expired = Cette chaîne d’inscription a expiré. Demandez une nouvelle invitation.
refusal-enrolment-wrong-territory = Cette chaîne d’inscription est destinée à un autre territoire. Demandez une invitation pour le vôtre.
refusal-enrolment-bad-proof = La demande n’est pas signée par la clé qu’elle présente. Recommencez l’inscription.
refusal-enrolment-bad-request = La demande de certificat n’est pas valable. Recommencez l’inscription.
refusal-enrolment-unknown-commune = La commune { $commune } n’existe pas. Corrigez les communes desservies.
refusal-territory-taken = Ce territoire a déjà un nœud. Excluez l’ancien avant d’en inviter un autre : maillage-hub nodes revoke
refusal-territory-unknown = Aucun territoire ne porte le SIREN { $territory }. Vérifiez les neuf chiffres.
refusal-territory-merged = Le territoire { $territory } a fusionné. Invitez celui qui lui succède : { $successor }.
refusal-invitation-too-long = Une invitation est valable { $most } heures au plus. Donnez une durée plus courte.

## Refus : certificats et identité
refusal-renewal-bad-proof = La demande de certificat n’est pas signée par la clé du nœud.
refusal-renewal-skew = L’horloge du nœud et celle du fédérateur diffèrent de plus d’un jour. Mettez le nœud à l’heure.
refusal-sealing-key-bad-proof = La nouvelle clé de chiffrement n’est pas annoncée par le nœud lui-même.
refusal-sealing-key-stale = Une clé de chiffrement plus récente de ce nœud est déjà connue. Relevez d’abord l’annuaire.
refusal-sealing-key-too-soon = La clé de chiffrement de ce nœud a été changée il y a moins d’une heure. Réessayez plus tard.
refusal-renewal-stale = Une demande de certificat plus récente a déjà été reçue. Envoyez une nouvelle demande.
refusal-too-many-attempts = Trop de tentatives depuis cette adresse. Attendez une minute, puis recommencez.
refusal-too-many-envelopes = Ce nœud en dit plus que le fédérateur n’en prend à la fois. Il sera de nouveau entendu dans un instant.
refusal-hub-busy = Le fédérateur est très sollicité. Recommencez dans un moment.
refusal-certificate-required = Ce service est réservé aux nœuds certifiés. Rejoignez d’abord la fédération.
refusal-other-federation = Ce certificat n’est pas celui d’un nœud de cette fédération.
refusal-node-unknown = Ce nœud n’est pas connu du fédérateur. Vérifiez l’identifiant.
refusal-node-revoked = Ce nœud a été exclu de la fédération. Adressez-vous à l’équipe nationale.

## Refus : messages
refusal-envelope-missing = Le message est vide.
refusal-envelope-not-yours = Ce message est émis au nom d’un autre nœud. Il est refusé.
refusal-envelope-not-for-hub = Ce message n’est pas destiné au fédérateur.
refusal-envelope-other-federation = Ce message appartient à une autre fédération.
refusal-envelope-too-large = Ce message dépasse la taille permise.
refusal-envelope-bad-signature = La signature de ce message n’est pas valable : il a été altéré, ou signé par une autre clé.
refusal-envelope-malformed = Ce message n’est pas lisible. Vérifiez que les deux programmes sont à la même version.
refusal-envelope-id-reused = Un autre message a déjà porté cet identifiant. Rien n’a été changé.
refusal-unknown-kind = Ce message dit quelque chose que cette version ne connaît pas. Mettez le fédérateur à jour.
refusal-notice-from-node = Seul le fédérateur écrit des avis.
refusal-command-malformed = Cette commande n’est pas compréhensible. Vérifiez que les deux programmes sont à la même version.
refusal-replaced-by-newer-stream = Une connexion plus récente de ce nœud a pris la suite.
refusal-hub-stopping = Le fédérateur s’arrête. La connexion reprendra à son retour.
refusal-store-unavailable = Le fédérateur ne peut pas enregistrer pour l’instant. Recommencez dans un moment.
refusal-malformed-argument = La valeur « { $value } » ne convient pas. Corrigez-la.

## Refus : passages de relais
refusal-handover-unknown = Ce passage de relais n’existe pas, ou ne concerne pas ce nœud.
refusal-handover-exists = Ce passage de relais existe déjà.
refusal-handover-not-yours = Cette décision n’appartient pas à ce nœud.
refusal-handover-wrong-round = Ce message concerne un autre tour de ce passage de relais. Relisez son état.
refusal-handover-wrong-state = L’état de ce passage de relais ne le permet pas. Relisez son état.
refusal-handover-too-late = L’échéance est passée.
refusal-handover-not-eligible = Ce nœud ne peut pas servir cette demande : secteur ou besoins.
refusal-handover-not-yet-asked = Cette demande n’est pas encore proposée à ce nœud : d’autres sont sollicités d’abord.
refusal-handover-no-live-bid = Le nœud choisi n’a pas de proposition en cours.
refusal-handover-bad-deadline = La date limite de réponse est passée ou trop lointaine.
refusal-handover-bad-terms = Les termes ne conviennent pas : nombre de trajets ou territoire.
refusal-handover-too-many-words = Les deux nœuds se sont envoyé trop de messages au sujet de ce passage de relais.
refusal-handover-change-pending = Une autre demande de changement attend encore sa réponse.
refusal-handover-no-such-change = Ce changement n’est pas, ou n’est plus, demandé.
refusal-handover-change-locked = La prise en charge est trop proche pour un changement.
refusal-handover-no-agreement = Cette demande est réservée aux territoires qui ont un accord avec le demandeur.
refusal-handover-agreement-not-in-force = La version de l’accord que nomme cette proposition n’est pas en vigueur le jour de la prise en charge.
refusal-handover-agreement-other-way = Selon l’accord que nomme cette proposition, c’est l’autre territoire qui transporte.

## Refus : accords
refusal-agreement-no-such-member = Ce nœud n’est pas, ou n’est plus, membre de la fédération.
refusal-agreement-unknown = Ces deux territoires n’ont rien convenu, et rien n’est proposé.
refusal-agreement-stale = Ce message concerne une autre version de l’accord. Relisez son état.
refusal-agreement-pending = Une autre proposition attend encore sa réponse.
refusal-agreement-not-yours = Cette décision n’appartient pas à ce nœud.
refusal-agreement-wrong-state = L’état de cet accord ne le permet pas. Relisez son état.
refusal-agreement-other-terms = Les termes acceptés ne sont pas ceux qui ont été proposés.
refusal-agreement-bad-terms = Ces termes sont impossibles : montants, jours ou territoires.
refusal-agreement-bad-day = Le dernier jour est passé.
refusal-agreement-too-many = Ces deux territoires ont échangé trop de propositions ou de versions.

## Refus : décomptes
refusal-settlement-no-such-member = Ce nœud n’est pas, ou n’est plus, membre de la fédération.
refusal-settlement-no-agreement = Ces deux territoires n’ont pas d’accord : il n’y a rien à régler entre eux.
refusal-settlement-too-many = Trop de décomptes de ce nœud attendent l’autre, qui ne les a pas encore lus.

## Refus : statistiques
refusal-report-malformed = Cette déclaration n’est pas conforme au vocabulaire en vigueur.
refusal-report-already-received = Une autre déclaration a déjà été reçue pour ce mois. La première reste en vigueur.
refusal-report-unknown-model = Cette déclaration cite un modèle de participation absent du catalogue national.
refusal-report-period-not-closed = Ce mois n’est pas terminé. Envoyez la déclaration après sa fin.

## Refus : installation
refusal-hub-exists = Un fédérateur existe déjà ici ({ $path }). Il n’est jamais remplacé : choisissez un autre dossier.
refusal-hub-missing = Aucun fédérateur n’est installé ici ({ $path } manque). Créez-le avec : maillage-hub init
refusal-nothing-reported = Aucune déclaration de ces mois ne peut être comparée. Choisissez d’autres mois, ou attendez les déclarations.
refusal-model-not-reported = Aucune déclaration de ces mois ne porte sur ce modèle. Choisissez un autre modèle ou d’autres mois.
refusal-comparison-impossible = Les déclarations reçues n’ont pas pu être comparées. Signalez-le à ceux qui entretiennent le programme.
refusal-store-newer = Ces données ont été écrites par une version plus récente. Mettez le programme à jour.
refusal-listen-address-in-use = L’adresse { $address } ne peut pas être utilisée. Un autre programme s’en sert sans doute : donnez-en une autre avec --listen
refusal-api-address-in-use = L’adresse { $address } ne peut pas être utilisée. Un autre programme s’en sert sans doute : donnez-en une autre avec --api-listen
