# Textes de l’interface, en français. Les mêmes clés que en.ftl.

# Menu, header and footer
skip = Aller au contenu
menu = Menu principal
menu-agenda = À l’affiche
menu-places = Lieux
menu-browse = Répertoire
menu-data = Données
menu-sparql = Interroger en SPARQL
menu-queries = Requêtes exemples
menu-api = API
menu-search = Un spectacle, un artiste, un lieu…
menu-search-go = Rechercher
footer-what = La programmation du spectacle vivant, décrite par celles et ceux qui la font.
footer-links = Informations
footer-persistence = Identifiants permanents
menu-vocabularies = Vocabulaires
menu-about = À propos
menu-catalogue = Données ouvertes
menu-dumps = Télécharger
menu-language = Langue
footer-generation = Données à la génération { $generation }.
footer-licence = Chaque source garde sa licence, indiquée sur les pages et dans les fichiers.

# Words used in many places
yes = oui
no = non
colon = { " " }:
decimal-point = ,
no-name = (sans nom)
licence-unknown = licence inconnue
publisher-unknown = éditeur inconnu
also-as = Aussi en
property-type = Nature
free = Gratuit
age-from = à partir de { $age } ans
age-to = jusqu’à { $age } ans
age-between = de { $from } à { $to } ans
entities-count =
    { $n ->
        [one] { $shown } ressource
       *[other] { $shown } ressources
    }
concepts-count =
    { $n ->
        [one] { $shown } concept
       *[other] { $shown } concepts
    }
triples-count =
    { $n ->
        [one] { $shown } triplet.
       *[other] { $shown } triplets.
    }
size-bytes = { $amount } octets
size-kilobytes = { $amount } ko
size-megabytes = { $amount } Mo
size-gigabytes = { $amount } Go

# Kinds of entities: one, and several
kind-recurring-festival = Festival récurrent
kind-season = Saison
kind-festival = Festival
kind-series = Série de représentations
kind-performance = Représentation
kind-meeting = Rencontre ou atelier
kind-production = Spectacle
kind-work = Œuvre
kind-character = Personnage
kind-person = Personne
kind-organisation = Organisation
kind-place = Lieu
kind-concept = Concept
kinds-recurring-festival =
    { $n ->
        [one] festival récurrent
       *[other] festivals récurrents
    }
kinds-season =
    { $n ->
        [one] saison
       *[other] saisons
    }
kinds-festival =
    { $n ->
        [one] festival
       *[other] festivals
    }
kinds-series =
    { $n ->
        [one] série
       *[other] séries
    }
kinds-performance =
    { $n ->
        [one] représentation
       *[other] représentations
    }
kinds-meeting =
    { $n ->
        [one] rencontre ou atelier
       *[other] rencontres et ateliers
    }
kinds-production =
    { $n ->
        [one] spectacle
       *[other] spectacles
    }
kinds-work =
    { $n ->
        [one] œuvre
       *[other] œuvres
    }
kinds-character =
    { $n ->
        [one] personnage
       *[other] personnages
    }
kinds-person =
    { $n ->
        [one] personne
       *[other] personnes
    }
kinds-organisation =
    { $n ->
        [one] organisation
       *[other] organisations
    }
kinds-place =
    { $n ->
        [one] lieu
       *[other] lieux
    }
kinds-concept =
    { $n ->
        [one] concept
       *[other] concepts
    }

# Status of an event
status-cancelled = Annulé
status-postponed = Reporté, date à venir
status-rescheduled = Nouvelle date
status-moved-online = Déplacé en ligne
mode-online = En ligne
mode-mixed = Sur place et en ligne

# The page of an entity
when-previous = Initialement prévu
when-doors = Ouverture des portes à
when-duration = Durée : { $duration }.
fact-within = Dans
fact-work = Spectacle
fact-series = Dans le cadre de
fact-organizer = Organisation
fact-phone = Téléphone
fact-department = Département
fact-website = Site
section-about = Présentation
section-credits = Équipe
section-offers = Tarifs
section-accessibility = Accessibilité
section-more = En détail
section-voices = Qui dit quoi
credits-inherited = Pour le spectacle
offer-name = Tarif
offer-price = Prix
offer-availability = Disponibilité
offer-link = Réservation
offer-unnamed = Tarif
offer-book = Réserver
accessibility-of-place = Accessibilité du lieu
incoming-other = { $property } de
incoming-location = Événements dans ce lieu
incoming-workPerformed = Représentations
incoming-superEvent = Au programme
incoming-subEvent = Fait partie de
incoming-organizer = Organise
incoming-agent = Contributions
incoming-contribution = Contributions
incoming-personnage = Joué dans
incoming-fonction = Contributions à ce titre
incoming-performer = Interprète dans
incoming-author = Auteur ou autrice de
incoming-director = Met en scène
incoming-composer = Compose
incoming-producer = Produit
incoming-contributor = Contribue à
incoming-sponsor = Soutient
incoming-translator = Traduit
incoming-isBasedOn = Adapté dans
incoming-usesExpressionOf = Porté à la scène dans
incoming-containedInPlace = Salles et lieux à l’intérieur
incoming-managedBy = Gère
incoming-hasResident = En résidence à
voices-disagree = Les sources ne sont pas d’accord sur tout. Ce qui est publié vient de la source qui fait foi.
voices-agree = Ce que chaque source affirme, et ce qui en est publié.
voices-property = Propriété
voices-value = Valeur
voices-source = Source
voices-disputed = désaccord
voices-published = publié
voices-left-out = écarté
aside-data = Données et provenance
aside-iri = Identifiant permanent
aside-iri-about = À citer et à lier : il ne sera jamais réattribué.
aside-modified = Modifié le
aside-generation = Génération { $generation }

# Formats
format-turtle = Turtle
format-jsonld = JSON-LD
format-ndjsonld = JSON-LD, une ressource par ligne
format-ntriples = N-Triples
format-nquads = N-Quads
format-rdfxml = RDF/XML
format-trig = TriG, avec ce que dit chaque source

# Languages
language-fr = français
language-en = anglais
language-de = allemand
language-es = espagnol
language-it = italien
language-pt = portugais
language-nl = néerlandais
language-ar = arabe
language-br = breton
language-oc = occitan
language-co = corse
language-eu = basque
language-ca = catalan
language-rcf = créole réunionnais
language-fsl = langue des signes française

# Home
home-title = Le spectacle vivant, à l’affiche
home-lead = Spectacles, représentations, lieux et artistes, décrits par les structures elles-mêmes, vérifiés, réunis et publiés en données ouvertes avec des identifiants permanents.
home-empty = Il n’y a encore rien ici : aucune source n’a envoyé de données.
home-sources = Sources
home-reuse = Réutiliser les données
home-reuse-sparql = Interroger en SPARQL
home-reuse-dumps = Télécharger toutes les données
home-reuse-documents = Chaque page existe aussi en Turtle, JSON-LD et N-Triples : ajoutez .ttl, .jsonld ou .nt à son adresse.
source-publisher = Éditeur

# Vocabularies, ontology, shapes
vocabularies-title = Vocabulaires
vocabularies-lead = Les mots avec lesquels les données sont écrites : listes contrôlées, classes et propriétés, règles de validation.
vocabularies-schemes = Listes contrôlées
vocabularies-ontology = Ontologie
vocabularies-ontology-about = Classes et propriétés
vocabularies-context = Contexte JSON-LD
vocabularies-shapes = Profils de validation
vocabularies-alignments = Alignements avec d’autres vocabulaires
alignment-ours = Notre terme
alignment-relation = Relation
alignment-theirs = Leur terme
scheme = Liste contrôlée
concept-agenda = Les représentations à venir, dans l’agenda
concept-used =
    { $n ->
        [one] { $shown } ressource y renvoie.
       *[other] { $shown } ressources y renvoient.
    }
ontology-classes = Classes
ontology-properties = Propriétés
ontology-foreign = Termes d’autres vocabulaires
ontology-label = Nom
ontology-matches = Voir aussi
shapes-lead = Ce que les données doivent respecter pour ce profil, en SHACL.
shapes-targets = S’applique à
shapes-asks = Exigence
shapes-whole = (ensemble)
severity-violation = bloquant
severity-warning = avertissement
severity-info = information

# SPARQL
sparql-lead = Interrogez les données publiques. Le graphe par défaut contient la description réunie de chaque ressource, les graphes nommés ce que dit chaque source.
sparql-query = Requête
sparql-run = Exécuter
sparql-answer = Réponse
sparql-rows =
    { $n ->
        [one] { $shown } ligne
       *[other] { $shown } lignes
    }
sparql-rows-cut =
    { $n ->
        [one] La première ligne ; il y en a d’autres.
       *[other] Les { $shown } premières lignes ; il y en a d’autres.
    }
queries-title = Requêtes exemples
queries-lead = Des questions auxquelles ces données répondent, chacune à une adresse à elle : choisissez les valeurs et prenez la réponse dans le format qui vous convient.
queries-broken = Requêtes qui ne fonctionnent pas
queries-count =
    { $n ->
        [one] Une requête
       *[other] { $shown } requêtes
    }
queries-tried = Toutes ont été essayées sur les données à la génération { $generation }.
queries-untried = Elles sont à l’essai sur les données présentes ; revenez dans un instant voir ce qu’il en est.
query-line = Ligne { $line } :
query-broken = Cette requête ne fonctionne pas.
query-empty = Cette requête ne trouve rien dans les données présentes.
query-empty-when = Cette requête ne trouve rien dans les données présentes : c’est ainsi { $when }.
query-any = n’importe laquelle
query-takes = Il faut :
query-several = On peut en donner plusieurs.
query-optional = Laissé vide : n’importe laquelle.
query-text = La requête
query-edit = L’ouvrir dans l’éditeur
query-address = Pour un programme, la même réponse à cette adresse :
query-described = La description de cette requête comme données :
sparql-examples = Exemples
sparql-all-examples = Toutes, avec des formulaires pour leurs valeurs
sparql-try = Essayer cette requête
sparql-prefixes = Préfixes
sparql-subject = sujet
sparql-property = propriété
sparql-object = objet

# Catalogue
catalogue-title = Données ouvertes
catalogue-lead = Tout ce qui est publié ici peut être repris : des fichiers datés et signés, des services à interroger, et les changements à suivre.
catalogue-missing = La configuration de ce serveur ne dit pas encore :
catalogue-missing-publisher-name = qui publie ces données
catalogue-missing-publisher-contact = à qui écrire pour une question ou une correction
catalogue-missing-licence = sous quelle licence l’ensemble est publié
catalogue-missing-effect = Les pages et les requêtes fonctionnent ; un portail qui moissonne ce catalogue demande ces réponses.
catalogue-publisher = Éditeur
catalogue-contact = Contact
catalogue-licence = Licence
catalogue-size = Volume
catalogue-entities = { $n } entités
catalogue-triples = { $n } triplets
catalogue-period = Dates des représentations
catalogue-area = Étendue géographique
catalogue-area-box = de { $south }° à { $north }° de latitude et de { $west }° à { $east }° de longitude
catalogue-modified = État des données au
catalogue-files = Fichiers
catalogue-latest = La dernière :
catalogue-more-files = Sa page donne aussi les fichiers par source et par profil, les tableaux pour tableur, les sommes signées et comment la citer.
catalogue-no-release = Aucune parution n’a encore été faite.
catalogue-former = Parutions précédentes
catalogue-dumps = Les données telles qu’elles sont à l’instant, en fichiers
catalogue-services = Services
catalogue-described = description pour programmes
catalogue-sources = Chaque source garde sa licence. Ce qu’elle affirme se lit dans un graphe à elle ; sans licence connue, elle n’est dans aucune parution.
catalogue-source = Source
catalogue-source-entities = Entités
catalogue-source-claims = Affirmations
catalogue-unlicensed = inconnue
catalogue-rules = Modèle et règles
catalogue-rules-about = Le vocabulaire des données, et les profils de contraintes SHACL qu’elles respectent ou dont l’écart est mesuré.
catalogue-ontology = Ontologie
catalogue-machines = Pour les moissonneurs
catalogue-machines-about = Cette page est aussi un catalogue DCAT-AP 3.0.1, à la même adresse selon l’en-tête Accept. Ses nombres sont calculés sur les données.

released-bibtex = BibTeX
released-ris = RIS, pour Zotero, EndNote et d’autres
released-csl = CSL-JSON, pour les logiciels de citation
released-datacite-json = DataCite 4.6, JSON
released-datacite-xml = DataCite 4.6, XML
released-schema = schema.org, JSON-LD
released-dcat-ttl = DCAT-AP 3.0.1, Turtle
released-dcat-jsonld = DCAT-AP 3.0.1, JSON-LD
released-dcat-rdf = DCAT-AP 3.0.1, RDF/XML
released-linkset = Liens typés (RFC 9264)

# Dumps
dumps-title = Toutes les données
dumps-lead = Les données publiques complètes, dans plusieurs formats qui disent tous la même chose.
dumps-made = Fichiers du
dumps-none = Les fichiers ne sont pas encore prêts.
dumps-file = Fichier
dumps-format = Format
dumps-size = Taille
dumps-check = Sommes de contrôle à vérifier après téléchargement :

# Releases
menu-releases = Parutions
releases-title = Parutions
releases-lead = Des états datés des données publiques, avec leurs fichiers signés. Une parution ne change plus : on peut la citer, la télécharger, l’interroger, et vérifier qu’elle est entière.
releases-none = Rien n’est encore paru.
releases-none-dumps = Les données actuelles, à télécharger
releases-one = Parution
releases-state = État des données
releases-entities = Ressources
releases-latest = La dernière parution
releases-is-latest = la dernière
releases-is-withdrawn = retirée
releases-key = Clé publique
releases-of = Parution du { $date }
releases-of-again = Parution du { $date } ({ $number })
releases-about = Les données publiques telles qu’elles étaient après le changement { $generation }, pour toujours à cette adresse.
releases-older = Il y a plus récent :
releases-withdrawn = Cette parution a été retirée.
releases-withdrawn-stays = Son adresse reste réservée. Ce qu’elle était se lit dans son manifeste :
releases-address = Adresse à citer
releases-others = Avant et après
releases-difference = ce qui diffère
releases-holds = Contenu
releases-sources = Sources et licences
releases-no-source = Aucune source n’a de licence connue : il n’y a que le vocabulaire.
releases-left-out = Laissées de côté, faute de licence :
releases-files = Fichiers
releases-files-count =
    { $n ->
        [one] { $shown } fichier
       *[other] { $shown } fichiers
    }
releases-lines = Triplets ou lignes
releases-licences = Sous licence
releases-all = Toutes les données
releases-all-about = La description publique de chaque ressource. Tous ces fichiers disent la même chose ; prenez celui que vous savez lire.
releases-tables = Tableaux
releases-tables-about = Pour les tableurs : une ligne par représentation, production, personne, organisation ou lieu.
releases-claims = Ce que dit chaque source
releases-claims-about = Les données publiques et, dans un graphe nommé pour chacune, ce que dit chaque source.
releases-profile = Ce qui satisfait au profil { $name }
releases-source = Ce que dit la source { $name }
releases-verify = Vérifier
releases-verify-lead = Le manifeste est signé, et dit la taille et la somme de chaque fichier :
releases-verify-all = Ou tout d’un coup, fichiers relus et comptés compris :
releases-query = Interroger
releases-query-lead = La même requête donne toujours la même réponse sur cette parution :
releases-query-link = SPARQL sur cette parution
releases-cite = Citer
releases-described = Sa description en fichiers :
releases-sparql-of = Vous interrogez la
releases-sparql-stays = , qui ne change plus.
releases-sparql-now = Interroger les données actuelles
# Les flux de changements
changes-title = Ce qui a changé
changes-lead = Chaque changement accepté est un enregistrement d’un journal qui ne fait que croître. Qui l’a lu en entier a tout : ajouts, suppressions, réunions et retraits. Ces flux en donnent ce qu’il faut à chacun.
changes-log = Identité du journal
changes-generation = Dernière génération
changes-feeds = Les flux
changes-feed-head = où en est le journal, avec les sommes de ses fichiers ; signé
changes-feed-records = les enregistrements eux-mêmes, octet pour octet, après un curseur
changes-feed-entities = les entités qui ont changé, en JSON et en JSON-LD
changes-feed-diff = la différence entre deux générations ou deux publications
changes-feed-ldes = un flux d’événements en données liées (LDES)
changes-feed-atom = les derniers changements, pour un lecteur de flux
changes-signed = La signature de l’état du journal, que minisign vérifie :
changes-files = Les fichiers du journal
changes-files-lead = Un fichier clos ne change plus : son adresse porte sa somme. Ce qui suit se lit par enregistrements.
changes-files-none = Aucun fichier n’est encore clos ; tout se lit par enregistrements.
changes-files-of = Générations
changes-state = Pour commencer sans lire tout le journal :
changes-state-of = l’état complet à la génération { $generation }
changes-redactions = Suppressions définitives
changes-redactions-lead = Des lignes ont été retirées de vieux enregistrements ; un avis signé dit lesquels, quand et pourquoi.
changes-redaction = Avis de la génération { $generation }

# Problems
problem = Erreur
problem-advice = Que faire
problem-near = Vouliez-vous dire
problem-home = Revenir à l’accueil
problem-request = À citer si vous nous écrivez :
replaced-kicker = Remplacé
replaced-title = C’étaient plusieurs ressources
replaced-lead = Ce qui était publié ici s’est révélé être plusieurs choses. Son identifiant reste réservé et mène à celles qui le remplacent :
tombstone-kicker = Retiré
tombstone-title = Cette ressource a été retirée
tombstone-lead = Elle a été publiée ici, puis retirée. Son identifiant reste réservé et ne désignera jamais autre chose.
tombstone-since = Retirée le
tombstone-by = Par la source
tombstone-reason = Motif

# About
about-title = À propos
about-lead = Ce serveur réunit la programmation du spectacle vivant que des théâtres, compagnies, festivals, réseaux et offices de tourisme lui confient, la vérifie et la publie en données liées.
about-identifiers = Des identifiants permanents
about-identifiers-text = Chaque ressource a une adresse de la forme { $example }. Elle n’est jamais réattribuée et ne disparaît jamais : si deux ressources sont réunies, l’ancienne adresse conduit à la nouvelle ; si une ressource est retirée, son adresse le dit.
about-sources = Qui parle
about-sources-text = Ce que dit chaque source est conservé tel quel dans son propre graphe. La description publique les réunit ; quand les sources se contredisent, la page de la ressource montre qui dit quoi.
about-cite = Citer
about-cite-text = Citez l’identifiant permanent et la génération des données, indiquée au bas de chaque page. Respectez la licence de chaque source.
about-mistake = Une erreur ?
about-mistake-text = Les données se corrigent à leur source : la page de chaque ressource nomme celles qui la décrivent.

# The report on a submission
report = Envoi
report-created = créées
report-changed = modifiées
report-unchanged = inchangées
report-withdrawn = retirées
report-kept = conservées
report-refused = refusées
report-violations = À corriger
report-warnings = À vérifier
report-infos = À savoir
report-profiles = Profils, pour information
report-rewritten = Réécrit à l’entrée
report-resource = Ressource
report-before = Reçu
report-after = Compris
report-waiting = L’envoi est arrivé et attend son tour.
report-running = L’envoi est en cours de traitement.
report-again = Regarder de nouveau

# The HTTP interface
api-title = Interface HTTP
api-lead = Toutes les adresses de ce serveur : ce qu’elles prennent, ce qu’elles rendent, et ce qui peut ne pas aller.
api-problems = Les problèmes
api-token = Jeton
api-takes = Prend
api-gives = Rend
about-api = Pour les programmes
about-api-text = Toutes les adresses de ce serveur sont décrites :

# Vérifier des fichiers
menu-validate = Vérifier
validate-title = Vérifier des données
validate-lead = Avant d’envoyer ou de publier des données : ce qui n’y va pas, où, et quoi écrire à la place. Rien n’est publié, et il ne faut pas de compte.
validate-data = Les données
validate-file = Fichiers : Turtle, JSON-LD, RDF/XML, CSV, pages web…, aussi compressés par gzip ou zstd
validate-text = Ou collez-les ici
validate-format = Format
validate-format-any = d’après le nom du fichier, ou le contenu
validate-shapes = Ce à quoi elles doivent répondre
validate-profiles = Profils de ce serveur
validate-own = Ou vos propres formes SHACL
validate-report = Rapport
validate-report-html = une page
validate-report-text = un texte
validate-report-turtle = rapport de validation SHACL, Turtle
validate-report-jsonld = rapport de validation SHACL, JSON-LD
validate-report-json = constats groupés, JSON
validate-run = Vérifier
validate-as-submitted = Telles que ce serveur les comprendrait
validate-as-submitted-about = Dates, prix, noms des termes et autres sont d’abord réécrits comme lors d’un envoi. Sans cela, les données sont vérifiées telles quelles.
validate-kept = Rien de ce que vous envoyez n’est gardé.
validation-rewritten = Vérifié tel que ce serveur le comprendrait : { $count } valeurs ont été réécrites avant.
validation-profiles = Profils
validation-met = atteint
validation-not-met = non atteint
validation-not-asked = sans objet ici
validation-blocks = bloque { $profile }
validation-place = { $file }, ligne { $line }
validation-further = … et { $count } de plus
validation-not-listed = { $count } autres constats, de trop de sortes pour être montrés ici.
validation-notes = Remarqué à la lecture
validation-again = Vérifier autre chose
about-validate = Avant d’envoyer
about-validate-text = Chacun peut faire vérifier des données avec les profils de ce serveur ou avec ses propres formes SHACL ; rien n’en est gardé.

# Quality
menu-quality = Qualité
quality-title = Qualité des données
quality-lead = Quelle part de ce que chaque source décrit remplit les demandes de chaque profil, et ce qui manque le plus souvent.
quality-source-lead = Ce que les profils disent des ressources dont parle la source { $source }, telles qu’elles sont publiées.
quality-profile-title = Profil { $profile }
quality-profile-lead = Ce que ce profil dit de toutes les ressources publiées, source par source.
quality-rehearsal-title = Répétition : { $profile }
quality-rehearsal-lead = Une répétition : des règles qu’un agrégateur essaie sur les données. Rien n’est publié ni refusé à cause d’elles.
quality-not-yet = Les données n’ont pas encore été examinées.
quality-current = Examiné à la génération { $generation }, qui est l’actuelle.
quality-behind = Examiné à la génération { $judged } ; les données en sont à { $current }, et la suite viendra d’elle-même.
quality-progress = Tout est examiné de nouveau : { $done } ressources sur { $total }.
quality-shapes = Ce qui est demandé
quality-shares = Part des ressources conformes
quality-shares-about = Une ressource dont parlent plusieurs sources compte pour chacune. Ne comptent que les ressources auxquelles le profil demande quelque chose ; les avertissements ne comptent pas.
quality-rehearsals-about = Les répétitions montrent ce qui serait conforme à des règles en essai.
quality-source = Source
quality-all = Toutes les sources
quality-rehearsal = répétition
quality-stopped = arrêtée
quality-stopped-text = Cette répétition a été arrêtée, car elle demandait trop : { $limit }. Les nombres sont ceux d’avant l’arrêt. Simplifiez ses règles et enregistrez-la de nouveau.
quality-pending = { $n ->
    [one] { $shown } reste à examiner.
   *[other] { $shown } restent à examiner.
}
quality-undecided = { $n ->
    [one] { $shown } a demandé trop de calcul.
   *[other] { $shown } ont demandé trop de calcul.
}
quality-summary = { $n ->
    [one] { $meets } ressource sur { $asked } est conforme.
   *[other] { $meets } ressources sur { $asked } sont conformes ; il manque quelque chose à { $short }.
}
quality-all-conform = { $n ->
    [one] La ressource à laquelle il demande quelque chose est conforme.
   *[other] Toutes les { $shown } ressources auxquelles il demande quelque chose sont conformes.
}
quality-asks-nothing = Ce profil ne demande rien à ces ressources.
quality-violation = à corriger
quality-warning = à regarder
quality-info = à savoir
quality-examples = Par exemple :
quality-left = { $n ->
    [one] Il y a encore { $shown } sorte de constats ; le fichier CSV les donne toutes.
   *[other] Il y a encore { $shown } sortes de constats ; le fichier CSV les donne toutes.
}
quality-nothing = Rien à redire.
quality-moved = Au fil du temps
quality-plot-title = Part des ressources conformes, jour après jour
quality-days = Les mêmes nombres, en tableau
quality-day = Jour
quality-files = Emporter les nombres
quality-csv-profiles = Parts par source et profil (CSV)
quality-csv-findings = Constats (CSV)
quality-csv-history = Mesures de chaque jour (CSV)
entity-findings = { $n ->
    [one] { $shown } constat
   *[other] { $shown } constats
}
entity-meets = conforme
entity-falls-short = incomplet
about-quality = La qualité
about-quality-text = Ce que les profils demandent, ce que chaque source en remplit, et comment cela évolue :

# Statistics
menu-statistics = Chiffres
home-statistics = Tous les chiffres
statistics-title = Chiffres
statistics-lead = Combien il y a de quoi, par nature, par source, et les représentations sous tous leurs aspects. Chaque chiffre a son adresse.
statistics-counting = Le serveur compte les données ; les chiffres paraîtront dans un instant.
statistics-current = Compté à la génération { $generation }, la dernière.
statistics-behind = Compté à la génération { $generation } ; les données en sont à la { $current }.
statistics-entities = Ressources
statistics-by-source = Ce que chaque source décrit ; une ressource que plusieurs décrivent compte chez chacune.
statistics-all = toutes
statistics-selected =
    { $n ->
        [one] { $shown } représentation
       *[other] { $shown } représentations
    }
statistics-chosen = Choix
statistics-widen = Retirer ce choix
statistics-clear = Tout retirer
statistics-about = Les représentations annulées ne comptent que si leur statut est choisi. Une valeur que la représentation ne donne pas est celle de sa production, sinon de sa série. Choisir deux valeurs d’un même aspect les ajoute.
statistics-left =
    { $n ->
        [one] { $shown } autre valeur
       *[other] { $shown } autres valeurs
    }
statistics-files = Ces chiffres pour d’autres programmes
statistics-json = Ce choix en JSON
statistics-csv = Ce choix en CSV, toutes les valeurs
statistics-csv-entities = Ressources par source et par nature, en CSV
statistics-void = Description du jeu de données (VoID), en Turtle
facet-discipline = Discipline
facet-year = Année
facet-month = Mois
facet-day = Jour
facet-department = Département
facet-town = Commune
facet-place = Lieu
facet-organiser = Qui organise
facet-accessibility = Accessibilité
facet-audience = Public
facet-language = Langue
facet-access = Accès
facet-status = Statut
facet-source = Source
event-status-EventScheduled = Prévue
event-status-EventCancelled = Annulée
event-status-EventPostponed = Reportée, sans nouvelle date
event-status-EventRescheduled = Déplacée à une autre date
event-status-EventMovedOnline = En ligne

# How a query would be run
explain-title = Comment une requête serait évaluée
explain-lead = Le plan d'une requête SPARQL, ce qu'elle coûte et ce qu'elle a d'étrange, sans l'évaluer.
explain-submit = Expliquer
explain-run = L'exécuter
explain-warnings = À regarder
explain-instead = Peut-être vouliez-vous :
explain-place = Où elle est évaluée
explain-here = Dans ce processus, tout de suite : son coût est sûrement faible.
explain-worker = Dans un processus à part, qui peut être arrêté et dont la mémoire est limitée, parce que :
explain-rows = Lignes prévues : environ { $rows }.
explain-reads = Lectures, ou ce qui prend autant de temps : environ { $reads } ; une prend à peu près une microseconde.
explain-cacheable = Sa réponse peut être gardée tant que les données ne changent pas.
explain-plan = Le plan
explain-numbers = (lignes : { $rows } ; lectures : { $reads })
explain-limits = Les limites qui s'appliquent

## Cartes
map-nearer = Rapprocher
map-farther = Éloigner
map-left = { $n ->
    [one] Un lieu plus éloigné n’est pas sur la carte.
   *[other] { $shown } lieux plus éloignés ne sont pas sur la carte.
}
# Lists and their pages
list-total = { $n ->
    [0] Aucun résultat
    [one] { $shown } résultat
   *[other] { $shown } résultats
}
list-empty = Il n’y a rien ici.
pager-label = Pages de la liste
pager-page = Page
pager-previous = ← Précédente
pager-next = Suivante →

## Ce sur quoi compte qui fait un lien

persistence-title = Ce sur quoi vous pouvez compter
persistence-lead = Vous pouvez inscrire les identifiants de ce serveur dans vos bases, vos catalogues et vos publications. Cette page dit ce que chacun d’eux promet, ce qu’il répond quoi qu’il advienne de ce qu’il désigne, et ce qui se passe si le service s’arrête.
persistence-publisher = l’exploitant de ce serveur
persistence-promise = La promesse
persistence-promise-1 = Chaque personne, organisme, lieu, œuvre, spectacle et représentation a un identifiant permanent : `{ $base }/id/` et douze caractères, par exemple `{ $base }/id/{ $noid }`. C’est la forme à conserver, à lier et à citer. La page et les fichiers qui en parlent sont à l’adresse `{ $base }/doc/{ $noid }`.
persistence-promise-2 = Un identifiant n’est jamais attribué à autre chose. Une fois publié, il répond pour toujours : par le document, par l’identifiant sous lequel la même chose continue, par ceux qui le remplacent, ou en disant qu’il a été retiré.
persistence-promise-3 = Un identifiant ne dit rien de ce qu’il désigne. Un théâtre peut changer de nom, de ville ou de statut : son identifiant reste.
persistence-promise-4 = Le dernier des douze caractères contrôle les autres. Un caractère faux, ou deux voisins inversés, ne se confond pas avec un identifiant qui n’existe pas. Il n’y a ni voyelle ni `l`, pour pouvoir les dicter ; les majuscules, et les traits d’union ajoutés pour la lecture, ne changent rien.
persistence-answers = Ce que répond un identifiant
persistence-answers-text = Le statut et ce qui l’accompagne sont les mêmes pour les personnes et pour les programmes, dans tous les formats. Les documents répondent sous `/doc/…` comme les identifiants sous `/id/…`.
persistence-todo = Que faire :
persistence-case-published = Publié
persistence-case-published-text = L’identifiant désigne une chose, qui ne voyage pas sur le web ; il mène au document qui en parle. Ce document existe en page, et en Turtle, JSON-LD, RDF/XML et autres formats, selon l’en-tête `Accept` ou un suffixe.
persistence-case-published-todo = suivez la redirection, et conservez l’identifiant, pas l’adresse du document.
persistence-case-merged = Réuni à un autre
persistence-case-merged-text = Deux identifiants désignaient la même chose. Le plus ancien continue ; l’autre y mène en un seul pas, quel que soit le nombre de réunions entre les deux. Le document de celui qui reste nomme par `owl:sameAs` chaque ancien identifiant.
persistence-case-merged-todo = rien ne casse si vous ne faites rien. Remplacez l’identifiant quand cela vous convient, et gardez l’ancien à côté : une réunion peut être défaite, c’est pourquoi la réponse ne se mémorise qu’un jour.
persistence-case-split = Scindé
persistence-case-split-text = Un identifiant désignait plusieurs choses. Il mène toujours à son document, qui nomme par `dct:isReplacedBy` ceux qui le remplacent.
persistence-case-split-todo = choisissez celui que vous vouliez dire. Aucun programme ne peut le savoir.
persistence-case-withdrawn = Retiré
persistence-case-withdrawn-text = Plus aucune source ne le décrit. Il en reste une notice, en page et dans tous les formats RDF : quand il a été retiré, par quelle source et pourquoi.
persistence-case-withdrawn-todo = conservez l’identifiant. Si la chose est décrite à nouveau, elle revient sous le même.
persistence-case-mistyped = Mal recopié
persistence-case-mistyped-text = Le caractère de contrôle ne correspond pas. La réponse le dit, et propose les identifiants qui existent à une faute de frappe près.
persistence-case-mistyped-todo = regardez ceux qui sont proposés ; la page montre leurs noms.
persistence-case-unknown = Jamais connu
persistence-case-unknown-text = Rien n’a jamais été publié sous cet identifiant. Il n’en a jamais été autrement, et un identifiant publié n’en vient jamais là.
persistence-case-unknown-todo = vérifiez d’où vous le tenez.
persistence-ark = En ARK
persistence-ark-1 = Chaque identifiant est aussi un ARK (Archival Resource Key), comme en emploient les institutions patrimoniales : `{ $base }/{ $ark }`. Il répond comme l’identifiant.
persistence-ark-2 = Les traits d’union d’un ARK ne comptent pas. Suivi de `?info` (ou de `?`, ou de `??`), il répond par une courte notice : ce qu’il désigne et ce qui est promis.
persistence-ark-3 = Les deux formes sont permanentes. Citez la forme `/id/` ; l’ARK est pour les systèmes qui traitent des ARK.
persistence-decided = Qui décide de réunir et de scinder
persistence-decided-1 = Les sources ne sont rapprochées automatiquement que par ce qu’elles disent en clair : leur propre identifiant, ou un identifiant que toutes deux donnent (ISNI, IdRef, Wikidata …). Deux identifiants déjà publiés sont réunis par une personne, jamais par un programme.
persistence-decided-2 = Chaque décision de ce genre est un changement dans le journal, avec sa date et, s’il a été donné, son motif. La page de la ressource le montre dans son historique.
persistence-decided-3 = Une réunion se défait : l’ancien identifiant répond alors à nouveau pour lui-même, et les deux sont déclarés différents pour de bon.
persistence-withdrawal = Quand quelque chose est retiré
persistence-withdrawal-1 = Une source qui ne décrit plus une chose ne retire que ce qu’elle en disait elle-même. Tant qu’une autre la décrit, elle reste publiée.
persistence-withdrawal-2 = Les représentations passées restent, même quand l’agenda de la source ne montre que l’avenir. Une représentation annulée n’est pas retirée : elle reste, marquée comme annulée.
persistence-redaction = Quand il faut supprimer
persistence-redaction-1 = Ce que la loi oblige à supprimer est effacé de tous les registres, versions passées et fichiers publiés compris : un numéro de téléphone qui n’aurait pas dû être public, une décision de justice. Rien d’autre n’est réécrit.
persistence-redaction-2 = L’identifiant reste et dit qu’il a été retiré. Un avis signé dit quels enregistrements ont été touchés et quand : qui garde une copie peut vérifier que tout le reste est ce qu’il était.
persistence-follow = Suivre les changements
persistence-follow-1 = Un flux Atom dit ce qui arrive à un identifiant : `{ $base }/follow?iri={ $base }/id/{ $noid }`. Les modifications, réunions, scissions et retraits y paraissent. Un flux peut suivre une liste, jusqu’à 10 000.
persistence-follow-2 = `POST { $base }/resolve` prend jusqu’à 10 000 identifiants, les nôtres ou ceux d’autres, et dit pour chacun s’il est en cours, réuni, scindé, retiré ou inconnu, et quel est son identifiant aujourd’hui. Une fois par mois suffit à tenir une base à jour.
persistence-follow-3 = Chaque document a une étiquette (`ETag`) qui change avec lui : redemander avec `If-None-Match` ne coûte presque rien. Son historique est à l’adresse `{ $base }/doc/{ $noid }/history`, et ses versions passées s’obtiennent par date (Memento).
persistence-follow-4 = Des liens typés (en-têtes `Link`, FAIR Signposting) mènent les programmes, de chacune de ces adresses, à l’identifiant à citer, aux formats, à la licence et à l’historique.
persistence-cite = Citer
persistence-cite-1 = Le nom, l’éditeur, l’identifiant, et la date ou le numéro de génération indiqué sur la page : « Les Marées du grenier, { $publisher }, { $base }/id/{ $noid }, génération 1 234. » Une génération est un état des données ; son numéro n’en désigne jamais un autre.
persistence-cite-2 = Chaque source a sa licence, que la page et les fichiers nomment. Elle demande au moins d’être nommée avec elle.
persistence-who = Qui en répond
persistence-who-1 = Les identifiants sont sous `{ $base }`, adresse dont répond { $publisher }. Le programme n’en écrit aucune autre dans les données, et refuse de fonctionner sur les mêmes données sous une autre.
persistence-who-2 = La durée pendant laquelle l’adresse est tenue, c’est à { $publisher } de la dire, et de la renouveler. Le programme garantit le reste : aucun identifiant n’est réattribué, et ce qu’il est advenu de chacun est inscrit dans un journal auquel on ne fait qu’ajouter.
persistence-who-3 = Chaque promesse de cette page est éprouvée sur le programme en marche par des tests automatiques, à chaque version.
persistence-end = Si le service s’arrête
persistence-end-1 = Tout ce qu’il faut pour répondre ailleurs de ces identifiants est public et en formats ouverts : l’ensemble des données sous `{ $base }/dumps/`, avec des sommes de contrôle, réunions et scissions comprises.
persistence-end-2 = Qui reprend l’adresse et le dossier de données continue avec les mêmes identifiants. Qui n’a que les fichiers peut les publier et dire par `owl:sameAs` ce qu’était chacun.
persistence-end-3 = Gardez avec vos liens le nom de ce que vous liez. Cela coûte quelques octets, et l’identifiant d’aucun service n’est plus durable que ceux qui le tiennent.
persistence-contact = Questions et corrections :

contract-profiles = Profils des documents
contract-profiles-lead = Un même document peut s’écrire de plusieurs façons. Un profil dit laquelle ; qui n’en demande aucune reçoit la forme complète.
contract-leaves-out = Ce qui n’y est pas
contract-formats = Formats
contract-how = Comment le demander
contract-is-default = Donné à qui ne demande rien de particulier.
contract-alternates = Formats et profils de ce document
contract-format = Format
contract-profile = Profil
contract-page = Page pour les personnes
contract-default = (par défaut)
tombstone-back = Si une source la décrit à nouveau, elle revient sous le même identifiant.
tombstone-history = Son historique
## Résolution d’identifiants
resolve-title = Vérifier des liens
resolve-lead = Que sont devenus les identifiants que vous avez dans vos données ? Collez-en jusqu’à { $most } : nos adresses, celles de nos sources, des identifiants ISNI, VIAF, IdRef, BnF, Wikidata, ORCID, MusicBrainz ou SIRET.
resolve-unknown-title = Identifiant inconnu
resolve-unknown-lead = Rien de ce qui est publié ici ne répond à cet identifiant. Vérifiez-le, ou essayez-en un autre.
resolve-ambiguous-title = Plusieurs réponses possibles
resolve-ambiguous-lead = Cet identifiant désigne plusieurs choses publiées ici. Choisissez celle que vous cherchez.
resolve-results = Résultats
resolve-given = Identifiant donné
resolve-status = État
resolve-entity = Ce qu’il désigne
resolve-changed = Dernier changement
resolve-again = Demander autre chose
resolve-ids = Identifiants, un par ligne
resolve-ids-about = Avec ou sans préfixe : « isni:0000 0001 2103 2683 », « siret:732 829 320 00074 », « Q535 », une adresse entière…
resolve-file = Ou un fichier
resolve-file-about = Une table CSV (la colonne « id » ou « iri », sinon la première ; les autres vous sont rendues), un texte d’un identifiant par ligne, ou un tableau JSON.
resolve-run = Vérifier
resolve-csv = Télécharger le résultat (CSV)
resolve-programs = Un programme envoie la même liste par POST à cette adresse. Rien de ce que vous envoyez n’est gardé.
resolve-current = publié
resolve-merged = réuni
resolve-split = séparé
resolve-withdrawn = retiré
resolve-ambiguous = ambigu
resolve-unknown = inconnu
resolve-withdrawn-on = le { $day }
resolve-mistyped = faute de frappe
resolve-replaced-by = Remplacé par :
resolve-candidates = Peut être :
resolve-proposals = Vouliez-vous dire :
resolve-further = { $n ->
    [one] Une autre ligne est dans le fichier CSV.
   *[other] { $shown } autres lignes sont dans le fichier CSV.
}
## Agenda
agenda-title = À l’affiche
agenda-next = Prochainement
agenda-total = { $n ->
    [0] Aucune date
    [one] { $shown } date
   *[other] { $shown } dates
}
agenda-cancelled = { $n ->
    [one] { $shown } annulée
   *[other] { $shown } annulées
}
agenda-postponed = { $n ->
    [one] Reportée, sans nouvelle date
   *[other] Reportées, sans nouvelle date ({ $shown })
}
agenda-ongoing = Sur plusieurs jours
agenda-ongoing-left = { $n ->
    [one] { $shown } autre
   *[other] { $shown } autres
}
agenda-about = Représentations, lieux, prix et accessibilité, jour par jour, en données ouvertes.
agenda-access-all = Tous, scolaires compris
agenda-nothing = Rien ne correspond à ces dates et à ces choix.
agenda-period-today = Aujourd’hui
agenda-period-weekend = Ce week-end
agenda-period-week = Les 7 prochains jours
agenda-period-month = Ce mois-ci
agenda-period-all = Toutes les dates
agenda-periods = Périodes
agenda-today = Aujourd’hui
agenda-tomorrow = Demain
agenda-between = Du { $from } au { $until }
agenda-from = À partir du { $from }
agenda-until = Jusqu’au { $until }
agenda-day-label = { $day } : { $n ->
    [one] { $shown } date
   *[other] { $shown } dates
}
agenda-previous-month = ← Mois précédent
agenda-next-month = Mois suivant →
agenda-form = Choisir un lieu et des dates
agenda-where = Ville, département ou région
agenda-field-from = Du
agenda-field-until = Au
agenda-show = Voir
agenda-filters = Calendrier et filtres
agenda-narrow = Affiner
agenda-back = Revenir aux dates
agenda-no-time = Horaire à préciser
agenda-price-from = dès { $price }
agenda-near-me = Autour de moi
agenda-near-failed = Votre navigateur n’a pas donné votre position : indiquez une ville.
price-free = Gratuit
price-paid = Payant
facet-region = Région
facet-price = Tarif
facet-kind = Nature
facet-where = Lieu
facet-near = Autour de

## Home
home-near = Qu’y a-t-il près de chez vous ?
home-span-today = Aujourd’hui
home-span-soon = Dans les jours qui viennent
home-span-weekend = Ce week-end
home-span-next = Ensuite
home-nothing-today = Rien aujourd’hui.
home-all = Tout voir
home-total = { $n ->
    [0] Rien à venir
    [one] { $shown } date à venir
   *[other] { $shown } dates à venir
}
home-disciplines = Par discipline
home-repertoire = Le répertoire
home-reuse-api = Programmer avec l’API
## Search
search-title = Recherche
search-title-of = « { $text } » : recherche
search-label = Rechercher un nom
search-submit = Chercher
search-lead = Cherchez un spectacle, un artiste, une compagnie, un lieu, un festival, sous tous leurs noms. Les accents et les petites fautes n’empêchent rien.
search-browse = Parcourir tout, de A à Z
search-not-made = L’index des noms est en préparation. Revenez dans un instant.
search-left-out = { $n ->
    [one] un mot de trop n’a pas compté
   *[other] { $shown } mots de trop n’ont pas compté
}
search-agenda = À l’affiche : « { $text } »
search-places = Lieux : « { $text } »
search-near = Rien ne s’appelle exactement « { $text } ». Voici ce qui s’en approche.
search-nothing = Rien ne s’appelle « { $text } », ni à peu près.
search-perhaps = Peut-être cherchez-vous
search-tip-fewer = Essayez avec moins de mots : il faut que tous se trouvent dans le nom.
search-tip-names = La recherche porte sur les noms, pas sur les descriptions.
search-resolve = Cela ressemble à un identifiant : voir ce qu’il désigne
search-box-none = Aucune proposition
search-box-some = Propositions :
search-opensearch = Noms du spectacle vivant
search-facet-kind = Nature
search-facet-department = Département
search-facet-discipline = Discipline
search-facet-function = Fonction

## Browse
browse-about = Liste alphabétique, en données ouvertes avec des identifiants permanents.
browse-title = Tout, de A à Z
browse-lead = Tout ce qui est publié ici, par nature.
browse-find = Filtrer par nom
browse-letters = Lettres
browse-every-letter = Tout
browse-letter-other = Autres signes
browse-narrow = Affiner
browse-widen = Enlever ce choix
browse-left = { $n ->
    [one] et une autre valeur
   *[other] et { $shown } autres valeurs
}
browse-next = prochaine date :
browse-credits = { $n ->
    [one] un générique
   *[other] { $shown } génériques
}
browse-persons = Par nom de famille ; à défaut, par le dernier mot du nom.
browse-performances = Les représentations par date sont dans l’agenda.
## Links
links-all = Tous les liens
links-back = Retour à la fiche
links-behind = (la liste est en train d’être mise à jour)
links-by-relation = Par sorte de lien
links-by-time = Par date
links-when-any = Toutes les dates
links-when-upcoming = À venir
links-when-past = Passées
links-when-undated = Sans date
## Histoire

memento-label = Version ancienne
memento-when = Tel que c’était le
memento-by = Cette version vient de { $source }.
memento-last = Rien n’a changé depuis.
memento-former = Il y a eu des changements depuis.
memento-now = Les noms des choses liées sont ceux d’aujourd’hui.
memento-current = La version d’aujourd’hui
memento-history = Toute l’histoire
memento-previous = Version précédente
memento-next = Version suivante
memento-files = Les données de cette version (génération { $generation }) :
history-kicker = Histoire
history-total = { $n ->
    [one] Une version.
   *[other] { $shown } versions, la plus récente d’abord.
}
history-current = Voir la version d’aujourd’hui
history-gone = Cet IRI ne décrit plus rien de lui-même aujourd’hui.
history-generation = génération { $generation }
history-by = Par { $source }.
history-then = Voir tel que c’était
history-published = Publié
history-changed = Modifié
history-returned = Publié de nouveau
history-withdrawn = Retiré
history-merged = Réuni à
history-separated = Séparé de nouveau de
history-split = Scindé en
history-joined = De nouveau d’un seul tenant
history-by-replace = Modifié par un envoi complet
history-by-upsert = Modifié par une mise à jour
history-by-withdraw = Modifié par le retrait de ce qu’une source en disait
history-by-source = Modifié par les réglages d’une source
history-by-system = Modifié par une nouvelle édition du modèle
history-by-merge = Modifié par une réunion
history-by-unmerge = Modifié par une séparation
history-by-split = Modifié par une scission
history-by-differ = Modifié par une distinction
history-by-redact = Modifié par un effacement des registres
history-removed = retiré
history-added = ajouté
history-lines = { $n ->
    [one] Une propriété
   *[other] { $shown } propriétés
}
history-lines-left = { $n ->
    [one] Et une autre propriété : le fichier JSON a tout.
   *[other] Et { $shown } autres propriétés : le fichier JSON a tout.
}
history-values-left = { $n ->
    [one] et une autre valeur
   *[other] et { $shown } autres valeurs
}
history-labels = Les noms des choses liées sont ceux d’aujourd’hui. Les mêmes données :
history-timemap = TimeMap
## Pages of entities
status-over = Passé
values-left =
    { $n ->
        [one] … et { $shown } autre
       *[other] … et { $shown } autres
    }
names-more =
    { $n ->
        [one] Un autre nom
       *[other] { $shown } autres noms
    }
entity-contents = Sur cette page
section-where = Lieu
section-where-place = Adresse
section-dates = Dates
section-dates-performance = Autres dates
section-dates-place = À l’affiche
section-dates-person = Sur scène
section-dates-organisation = Sur scène
section-dates-festival = Programme
section-dates-season = Programme
section-venues = Lieux
section-roles = Parcours
section-roles-character = Sur scène
section-images = Images
section-links = Ce qui y renvoie
section-identifier = Identifiant permanent
section-citation = Citer
section-data = Ces données
section-history = Historique
section-elsewhere = Ailleurs
section-sources = Sources
section-profiles = Profils
about-of = À propos de
about-reserved = La présentation n’est pas reproduite ici : sa source n’en donne pas la licence, tous droits réservés.
about-read-there = À lire sur
about-more = Lire la suite
about-cut = Ce texte est plus long.
about-data = Il est en entier dans les données.
fact-event-type = Type
fact-based-on = D’après
fact-production-type = Production
fact-premiere = Création
fact-created = Date
fact-capacity = Jauge
fact-managed-by = Géré par
fact-residents = En résidence
fact-members = Membres
fact-characters = Personnages
fact-language = Langue
fact-email = Courriel
where-map = Carte du lieu
venues-map = Carte des lieux
country-be = Belgique
country-ch = Suisse
country-lu = Luxembourg
country-de = Allemagne
country-es = Espagne
country-it = Italie
country-pt = Portugal
country-gb = Royaume-Uni
country-ie = Irlande
country-nl = Pays-Bas
country-at = Autriche
country-mc = Monaco
country-ad = Andorre
country-ca = Canada
country-us = États-Unis
country-gp = Guadeloupe
country-mq = Martinique
country-gf = Guyane
country-re = La Réunion
country-yt = Mayotte
country-pm = Saint-Pierre-et-Miquelon
country-bl = Saint-Barthélemy
country-mf = Saint-Martin
country-wf = Wallis-et-Futuna
country-pf = Polynésie française
country-nc = Nouvelle-Calédonie
venues-place = Lieu
venues-town = Commune
venues-when = Quand
venues-dates = Dates
dates-none-to-come = Aucune date à venir.
dates-later =
    { $n ->
        [one] Voir la date suivante
       *[other] Voir les { $shown } dates suivantes
    }
dates-over-last =
    { $n ->
        [one] La dernière date passée
       *[other] Les { $shown } dernières dates passées
    }
dates-postponed = Reportées, sans nouvelle date
calendar-left =
    { $n ->
        [one] Une autre représentation
       *[other] { $shown } autres représentations
    }
calendar-zones = Les heures sont celles de chaque lieu (hors France métropolitaine : { $zones }).
calendar-until = Ce calendrier s’arrête au { $day } ; il y a des dates ensuite.
calendar-from = Ce calendrier commence le { $day } ; il y a eu des dates avant.
calendar-all = Toutes les dates
venues-among =
    { $n ->
        [one] D’après la seule date de cette page ; il y en a d’autres.
       *[other] Parmi les { $shown } dates de cette page seulement ; il y en a d’autres.
    }
dates-over =
    { $n ->
        [one] Une date passée
       *[other] { $shown } dates passées
    }
dates-left =
    { $n ->
        [one] Une autre date
       *[other] { $shown } autres dates
    }
credits-cast = Distribution
credits-team = Équipe artistique et technique
credits-support = Production et soutiens
credits-replaces = remplace
accessibility-here = Accessibilité
accessibility-at-place = Au lieu :
accessibility-audience = Public
accessibility-to-know = À savoir
accessibility-unknown = L’accessibilité n’est pas renseignée. Cela ne veut pas dire qu’il n’y en a pas : demandez au lieu.
know-duration = Durée : { $duration }
know-interval = Avec entracte
know-no-interval = Sans entracte
know-no-words = Sans paroles
know-surtitles = Surtitré : { $language }
image-see = voir l’image
image-reserved = Tous droits réservés
links-here-all = Tout ce qui y renvoie
voices-undisputed = Ce sur quoi les sources s’accordent
reason-own = Publié d’après { $followed } : c’est la source propre de l’organisateur ou du lieu.
reason-rank = Publié d’après { $followed }, dont le rang ({ $first }) passe avant celui de { $other } ({ $second }).
reason-recent = Publié d’après { $followed }, de même rang que { $other } et plus récent (modifié le { $when }).
reason-recent-unknown = Publié d’après { $followed }, de même rang que { $other } et plus récent.
reason-name = Publié d’après { $followed }, à égalité de rang et de date avec { $other } : l’ordre des noms de sources décide.
citation-line = « { $title } », { $kind }. Affiche, génération { $generation }. { $iri } (consulté le { $consulted }).
citation-line-publishers = « { $title } », { $kind }, d’après { $publishers }. Affiche, génération { $generation }. { $iri } (consulté le { $consulted }).
data-sparql = Interroger en SPARQL
aside-by = par { $source }
history-all = Toutes les modifications
history-follow = Suivre par un flux Atom
sources-voices = Qui dit quoi, et pourquoi
aside-iri-promise = Ce que cela garantit
identifier-siret = SIRET
identifier-siren = SIREN
identifier-rna = RNA
identifier-ridet = RIDET
identifier-tahiti = N° Tahiti
identifier-licence-spectacle-1 = Licence de spectacles 1
identifier-licence-spectacle-2 = Licence de spectacles 2
identifier-licence-spectacle-3 = Licence de spectacles 3
identifier-basilic = Basilic
identifier-festival-mc = Festival (ministère de la Culture)
identifier-acceslibre = Acceslibre
identifier-openagenda-uid = OpenAgenda
identifier-passculture-offre = pass Culture
identifier-archives-du-spectacle = Les Archives du spectacle
identifier-identifiant-rof = ROF
identifier-frbnf = BnF
identifier-sibil = Sibil

## Suivi
follow-title = Suivre des entités
follow-lead = Collez jusqu’à { $most } identifiants : vous recevez l’adresse d’un flux Atom où paraît ce qui leur arrive, changements, réunions, séparations et retraits. Pour une seule entité, l’adresse est « /follow?iri= » suivie de son IRI.
follow-run = Créer le flux
follow-kept = La liste est gardée sous une adresse que personne ne peut deviner. Celles que plus personne ne lit sont oubliées quand il en faut la place ; la même liste, envoyée de nouveau, retrouve la même adresse.
follow-made = { $n ->
    [one] Un flux pour une entité
   *[other] Un flux pour { $shown } entités
}
follow-made-about = Donnez cette adresse à votre lecteur de flux, ou à votre programme.
follow-left-out = Ne sont pas suivis, car rien de publié ici n’y répond, ou plusieurs choses :
follow-subtitle = Changements, réunions, séparations et retraits, le dernier en premier.
follow-one = Suivi : { $name }
follow-several = { $n ->
    [one] Suivi d’une entité
   *[other] Suivi de { $shown } entités
}
follow-published = publié
follow-changed = modifié
follow-withdrawn = retiré
follow-returned = publié de nouveau
follow-merged = réuni à un autre
follow-separated = séparé de nouveau
follow-split = scindé
follow-joined = de nouveau d’un seul tenant
follow-published-about = Publié pour la première fois.
follow-changed-about = Modifié.
follow-withdrawn-about = Retiré : son adresse reste réservée. { $about }
follow-returned-about = Publié de nouveau sous la même adresse.
follow-merged-about = Réuni à { $about }, que ce flux suit désormais.
follow-separated-about = Séparé de nouveau de { $about }.
follow-split-about = Scindé en { $about }.
follow-joined-about = De nouveau d’un seul tenant.
follow-by = Source : { $source }.
follow-replaced = { $property } : { $removed } devient { $added }
follow-added = { $property } : { $added } ajouté
follow-removed = { $property } : { $removed } retiré

## Tous les changements, en un flux

changes-feed-title = Tous les changements
changes-subtitle = Ce qui a été publié, modifié, réuni, scindé et retiré, le dernier changement d’abord.
changes-several = { $more ->
    [yes] { $name } et plus de { $shown } autres
   *[no] { $n ->
        [2] { $name } et un autre
       *[other] { $name } et d’autres : { $shown } en tout
    }
}
changes-several-kind = plusieurs

## Places
places-about = Salles et lieux du spectacle vivant, par région, département et commune.
places-title = Lieux
places-elsewhere = À l’étranger ou sans département connu
places-total = { $n ->
    [0] Aucun lieu
    [one] { $shown } lieu
   *[other] { $shown } lieux
}
places-upcoming = { $n ->
    [one] { $shown } date à venir
   *[other] { $shown } dates à venir
}
places-map = Carte des lieux : { $where }
places-trail = Territoires
places-territories = Par territoire
places-list = Liste
places-a-to-z = Les lieux de A à Z
