# Partenaires sans nœud : une entreprise de taxi, une association, et les fichiers échangés avec eux.

cli-node-partner = Partenaires sans nœud : entreprises de taxi, associations
help-partner = Identifiant du partenaire
cli-node-partner-add = Enregistre un partenaire
cli-node-partner-add--name = Nom du partenaire
cli-node-partner-add--phone = Téléphone
cli-node-partner-add--email = Adresse électronique
cli-node-partner-add--format = Forme de ses fichiers : csv (tableau) ou tds (télégrammes)
cli-node-partner-add--communes = Communes desservies, codes INSEE séparés par des virgules ; rien : toutes
cli-node-partner-add--needs = Besoins qu’il peut servir
cli-node-partner-update = Modifie un partenaire ; ce qui n’est pas indiqué reste
cli-node-partner-update--id = { help-partner }
cli-node-partner-update--name = { cli-node-partner-add--name }
cli-node-partner-update--phone = { cli-node-partner-add--phone }
cli-node-partner-update--email = { cli-node-partner-add--email }
cli-node-partner-update--format = { cli-node-partner-add--format }
cli-node-partner-update--communes = { cli-node-partner-add--communes }
cli-node-partner-update--needs = { cli-node-partner-add--needs }
cli-node-partner-update--active = On lui propose encore des trajets : yes ou no
cli-node-partner-update--etag = { help-etag }
cli-node-partner-list = Liste les partenaires
cli-node-partner-list--after = { help-after }
cli-node-partner-list--limit = { help-limit }
cli-node-partner-show = Montre un partenaire
cli-node-partner-show--id = { help-partner }
cli-node-partner-give-out = Donne ce qui est nouveau pour un partenaire
cli-node-partner-give-out--id = { help-partner }
cli-node-partner-give-out--format = Forme du fichier : csv ou tds ; rien : celle du partenaire
cli-node-partner-give-out--again = Redonner aussi ce qui a déjà été donné et vaut encore, jusqu’à 30 jours après le trajet
cli-node-partner-give-out--output = Fichier à créer, lisible de vous seul ; rien : à l’écran
cli-node-partner-give-out--letter = En faire un brouillon de courriel au partenaire, le fichier joint, à ouvrir dans votre messagerie
cli-node-partner-take-in = Prend les réponses d’un partenaire, tout ou rien
cli-node-partner-take-in--id = { help-partner }
cli-node-partner-take-in--file = Le fichier reçu, ou le courriel enregistré auquel il est joint ; - pour l’entrée standard
cli-node-partner-take-in--format = { cli-node-partner-give-out--format }
cli-node-partner-take-in--dry_run = Tout vérifier, ne rien écrire
cli-node-handover-offer--partner = Proposer à ce partenaire sans nœud plutôt qu’aux voisins ; plusieurs fois possible
cli-node-handover-offer--partners = Proposer à tous les partenaires sans nœud qui conviennent plutôt qu’aux voisins

field-format = Forme

partner-given-out = { $messages ->
    [0] Rien de nouveau.
    [one] Un message donné.
   *[other] { $messages } messages donnés.
}
partner-left = { $left ->
    [one] Un message attend : il n’a pas de télégramme. Donnez-le avec --format csv, ou appelez.
   *[other] { $left } messages attendent : ils n’ont pas de télégramme. Donnez-les avec --format csv, ou appelez.
}
partner-more = { $more ->
    [one] Un message de plus attend : le fichier est plein. Redemandez.
   *[other] { $more } messages de plus attendent : le fichier est plein. Redemandez.
}
field-fare = Prix annoncé
partner-taken = Réponses prises : { $taken } nouvelles, { $known } déjà connues.
partner-would-take = Rien n’est écrit. Le fichier est bon : { $taken } réponses nouvelles, { $known } déjà connues.
partner-fare = Prix annoncé pour { $handover } : { $euros }

refusal-partner-unknown = Aucun partenaire n’a cet identifiant. Cherchez-le avec : partner list
refusal-partner-format = La forme des fichiers est csv ou tds.
refusal-partner-commune = Une commune desservie s’indique par son code INSEE, par exemple 81004.
refusal-partner-none = Aucun partenaire actif ne dessert ce trajet avec ses besoins. Voyez-les avec : partner list
refusal-partner-cannot-serve = Ce partenaire n’est pas actif, ne dessert pas ces communes ou ne peut pas servir ces besoins. Modifiez-le avec : partner update
refusal-partner-change-by-phone = Un partenaire sans nœud ne répond pas à un changement par fichier : appelez-le, son numéro est dans handover show.
refusal-partner-outside-window = L’heure proposée pour le trajet { $leg } sort de la plage demandée.
refusal-partner-nothing-written = Rien n’est écrit.
refusal-partner-has-faults = { $faults ->
    [one] Rien n’est pris : une réponse n’est pas acceptée. Corrigez-la et reprenez le fichier entier.
   *[other] Rien n’est pris : { $faults } réponses ne sont pas acceptées. Corrigez-les et reprenez le fichier entier.
}
refusal-partner-file-too-large = Le fichier dépasse { $limit } octets : envoyez-le en plusieurs fois.
refusal-partner-file-too-long = Le fichier dépasse { $limit } lignes ou télégrammes : envoyez-le en plusieurs fois.
refusal-partner-not-a-table = Ce n’est pas un tableau lisible : enregistrez-le en CSV UTF-8.
refusal-partner-not-a-letter = Ce courriel ne se lit pas : enregistrez le fichier qui y est joint, puis prenez ce fichier.
refusal-partner-nothing-attached = Aucun fichier { $ending } n’est joint à ce courriel. Demandez-le au partenaire : ce qui est écrit dans le courriel lui-même n’est pas lu.
refusal-partner-many-attached = { $files } fichiers { $ending } différents sont joints à ce courriel. Enregistrez le bon, puis prenez-le.
refusal-partner-without-email = Ce partenaire n’a pas d’adresse de courriel. Ajoutez-la avec : partner update { $id } --email …
partner-letter-subject = Trajets solidaires
partner-letter-body = { $format ->
    [tds]
        Bonjour,

        Vous trouverez ci-joint nos messages sur les trajets que nous vous proposons ou vous confions, pour votre logiciel.
        Merci de répondre à ce courriel en y joignant le fichier de ses réponses.

        Le fichier peut contenir le nom et l’adresse d’une personne à conduire : ne le transmettez qu’à qui conduit, et supprimez-le après le trajet.

        Pour toute question, appelez notre guichet.
   *[other]
        Bonjour,

        Vous trouverez ci-joint un tableau des trajets que nous vous proposons ou vous confions.
        Merci de remplir la colonne « reponse » de chaque ligne, puis ce qu’elle demande, et de répondre à ce courriel en y joignant le tableau.

        Le tableau peut contenir le nom et l’adresse d’une personne à conduire : ne le transmettez qu’à qui conduit, et supprimez-le après le trajet.

        Pour toute question, appelez notre guichet.
}
refusal-partner-not-json = Ce n’est pas du JSON : il ne se lit plus à la ligne { $row }, colonne { $position }.
refusal-partner-missing = Il manque quelque chose ici.
refusal-partner-no-such-column = Cette colonne n’existe pas. Les colonnes sont : { $allowed }
refusal-partner-column-twice = Cette colonne est là deux fois : retirez-en une.
refusal-partner-row-length = { $cells } cellules pour { $columns } titres : y a-t-il un point-virgule de trop ?
refusal-partner-no-such-telegram = Ce télégramme n’existe pas ici. Il y a : { $allowed }
refusal-partner-not-one-of = { $value } n’est pas admis. Sont admis : { $allowed }
refusal-partner-not-a-time = { $value } n’est pas une heure : écrivez-la comme { $example }
refusal-partner-skipped-time = { $value } n’existe pas : les horloges avancent à ce moment-là.
refusal-partner-not-an-id = { $value } n’est pas un identifiant : recopiez celui que vous avez reçu.
refusal-partner-not-a-number = { $value } n’est pas un nombre de { $least } à { $most }.
refusal-partner-too-long = Plus de { $limit } caractères : raccourcissez.
refusal-partner-unknown-handover = Aucun trajet proposé à ce partenaire n’a cet identifiant.
refusal-partner-unknown-ticket = Aucun trajet proposé à ce partenaire n’a ce ticket.
refusal-partner-leg-missing = Il manque le trajet { $leg } : l’aller et le retour vont ensemble, dans un même fichier.
refusal-partner-leg-twice = Le même fichier y a déjà répondu { $kind ->
    [line] à la ligne { $row }
   *[member] dans { $earlier }
}.
refusal-partner-legs-differ = L’aller et le retour ne disent pas la même chose : ils vont ensemble.
refusal-partner-type = Attendu ici : { $expected ->
    [object] un objet
    [list] une liste
    [text] un texte
    [number] un nombre
    [boolean] true ou false
   *[nothing] rien
} ; trouvé : { $found ->
    [object] un objet
    [list] une liste
    [text] un texte
    [number] un nombre
    [boolean] true ou false
   *[nothing] rien
}
refusal-partner-from-platform = Ce télégramme va de la plateforme au partenaire, pas dans l’autre sens.
refusal-partner-from-partner = Ce télégramme va du partenaire à la plateforme, pas dans l’autre sens.
refusal-partner-not-here = { $what ->
    [referral] On n’oriente personne par télégramme : appelez l’accueil de la plateforme.
    [position] La position d’un véhicule n’a pas sa place ici : retirez ce télégramme.
    [person-in-offer] Une offre ne dit rien de qui voyage, pourquoi, ni où exactement.
    [transfer] Un trajet avec correspondance ne se propose pas à un seul partenaire : appelez l’accueil de la plateforme.
    [no-agreement] Une personne qui ne voyage pas n’a besoin de l’accord de personne : si vous avez roulé, envoyez un 4A.
    [others-cancel] Seule la plateforme annule pour elle-même ou pour la personne : appelez son accueil.
   *[expiry] Seule la plateforme laisse expirer une commande : pour la rendre, envoyez Cancel.
}
