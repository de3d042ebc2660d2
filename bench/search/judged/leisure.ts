/** Food, sports, toys and books, a product a line; what the columns are says products.ts. */
export const LEISURE = `
yirgacheffe-beans | Ethiopia Yirgacheffe Coffee Beans | Rösthaus | Coffee | coffee-tea | whole-bean, light-roast | Weight: 250 g, 1 kg | RH-CO-001 | 1490 | 380 | de: Kaffeebohnen Äthiopien Yirgacheffe; fr: Café en grains Éthiopie Yirgacheffe; ja: エチオピア イルガチェフェ コーヒー豆 | Jasmine, lemon and a light body.
espresso-beans | Espresso Blend Coffee Beans | Rösthaus | Coffee | coffee-tea | whole-bean, dark-roast | Weight: 250 g, 1 kg | RH-CO-002 | 1290 | 540 | de: Espressobohnen Hausmischung; fr: Café en grains espresso; ja: エスプレッソブレンド コーヒー豆 | Chocolate and hazelnut, for machines and moka pots.
decaf-coffee | Decaf Ground Coffee | Rösthaus | Coffee | coffee-tea | ground, decaf | Weight: 250 g | RH-CO-010 | 1190 | 160 | de: Entkoffeinierter Kaffee gemahlen; fr: Café moulu décaféiné | Decaffeinated with water alone.
sencha | Organic Sencha Green Tea | Teehaus Uji | Tea | coffee-tea | organic, loose-leaf | Weight: 100 g | TU-TE-001 | 1490 | 245 | de: Bio Sencha Grüntee; fr: Thé vert sencha bio; es: Té verde sencha; ja: 有機煎茶; zh: 有机煎茶绿茶; th: ชาเขียวเซนฉะ | Steamed, fresh and grassy.
matcha | 宇治抹茶 30g | Teehaus Uji | 抹茶 | coffee-tea | 茶, 宇治 | | TU-MA-030 | 2400 | 270 | en: Uji Matcha Powder 30 g; de: Uji Matcha Pulver 30 g; zh: 宇治抹茶粉; th: ผงมัทฉะอุจิ | 石臼で挽いた宇治の抹茶です。
earl-grey | Earl Grey Tea Bags | Teehaus Uji | Tea | coffee-tea | tea-bags | | TU-TE-020 | 790 | 310 | de: Earl Grey Teebeutel; fr: Thé Earl Grey en sachets | Black tea with bergamot.
chamomile-tea | Chamomile Tea | Teehaus Uji | Tea | coffee-tea | tea-bags, herbal | | TU-TE-030 | 690 | 220 | de: Kamillentee; fr: Infusion de camille | To sleep by.
dark-chocolate | Dark Chocolate 85 % | Cacao Sur | Chocolate | sweets | vegan, organic | | CS-CH-085 | 390 | 760 | de: Zartbitterschokolade 85 %; fr: Chocolat noir 85 %; es: Chocolate negro 85 %; ja: ダークチョコレート 85% | From one farm in Ecuador.
milk-chocolate | Milk Chocolate Hazelnut | Cacao Sur | Chocolate | sweets | nuts | | CS-CH-030 | 390 | 690 | de: Vollmilchschokolade Haselnuss; fr: Chocolat au lait noisettes | Whole hazelnuts.
gummy-bears | Gummy Bears 500 g | Zuckerl | Candy | sweets | vegan | | ZU-GB-500 | 490 | 520 | de: Gummibärchen 500 g; fr: Oursons gélifiés | Six colours, red the first to go.
olive-oil | Extra Virgin Olive Oil 500 ml | La Oliva | Oil | pantry | organic | | LO-OO-500 | 1490 | 590 | de: Natives Olivenöl extra 500 ml; fr: Huile d’olive vierge extra 500 ml; es: Aceite de oliva virgen extra; ja: エキストラバージンオリーブオイル | Cold pressed in Jaén.
spaghetti | Bronze Cut Spaghetti 500 g | Pasta Nonna | Pasta | pantry | durum | | PN-SP-500 | 290 | 880 | de: Spaghetti aus Bronzeformen 500 g; fr: Spaghetti 500 g | Rough, so that the sauce stays.
tomato-sauce | Tomato Basil Sauce | Pasta Nonna | Sauce | pantry | vegan | | PN-TS-350 | 390 | 470 | de: Tomatensauce mit Basilikum; fr: Sauce tomate au basilic | For pasta of any shape.
wildflower-honey | Wildflower Honey 500 g | Bienenhof | Honey | pantry | organic | | BH-HO-500 | 990 | 340 | de: Blütenhonig 500 g; fr: Miel de fleurs sauvages | From hives in the Black Forest.
peanut-butter | Crunchy Peanut Butter | Nutty | Spread | pantry | vegan | | NU-PB-350 | 490 | 430 | de: Erdnussbutter mit Stückchen; fr: Beurre de cacahuète croquant | Peanuts and salt.
granola | Maple Pecan Granola | Nutty | Cereal | pantry | vegan | | NU-GR-400 | 690 | 295 | de: Knuspermüsli Ahorn Pekan; fr: Granola érable et noix de pécan | Baked in small batches.
jasmine-rice | Thai Jasmine Rice 1 kg | Siam Pantry | Rice | pantry | vegan | | SP-RI-001 | 490 | 410 | de: Thai Jasminreis 1 kg; fr: Riz jasmin thaï; zh: 泰国茉莉香米; th: ข้าวหอมมะลิไทย | Fragrant and soft.
sriracha | Sriracha Chili Sauce | Siam Pantry | Sauce | pantry | vegan, hot | | SP-SR-450 | 490 | 465 | de: Sriracha Chilisauce; fr: Sauce pimentée sriracha; th: ซอสพริกศรีราชา | Hot, sweet and red.
soy-sauce | 濃口醤油 500ml | 蔵元山田 | 醤油 | pantry | 調味料 | | YM-SO-500 | 680 | 205 | en: Dark Soy Sauce 500 ml; zh: 浓口酱油 | 木桶で二年熟成させた醤油。
strawberry-jam | Strawberry Jam | Confiserie Lise | Jam | pantry | fruit | | CL-JA-001 | 590 | 360 | de: Erdbeerkonfitüre; fr: Confiture de fraises; es: Mermelada de fresa | Seventy percent fruit.
creme-brulee | Crème Brûlée Kit | Confiserie Lise | Dessert | sweets | baking | | CL-CB-010 | 2900 | 70 | de: Crème-brûlée-Set; fr: Kit crème brûlée | Four ramekins and a small torch.
jalapeno-sauce | Jalapeño Hot Sauce | Siam Pantry | Sauce | pantry | vegan, hot | | SP-JA-150 | 590 | 190 | de: Jalapeño-Sauce scharf; fr: Sauce piquante jalapeño | Green and bright.
mooncakes | Mooncakes Lotus Seed Box of 4 | Golden Harvest | Pastry | sweets | gift | | GH-MC-004 | 3900 | 60 | zh: 莲蓉月饼礼盒; ja: 月餅 四個入り | For the autumn festival.
yoga-mat | Yoga Mat 6 mm | Asana | Yoga Mat | fitness | yoga | Color: Purple, Green | AS-YM-006 | 3900 | 490 | de: Yogamatte 6 mm; fr: Tapis de yoga 6 mm; es: Esterilla de yoga; ja: ヨガマット 6mm | Does not slip.
yoga-block | Cork Yoga Block | Asana | Yoga Block | fitness | yoga, cork | | AS-YB-002 | 1500 | 260 | de: Yogablock aus Kork; fr: Brique de yoga en liège | Two of them.
foam-roller | Foam Roller 33 cm | Asana | Foam Roller | fitness | recovery | Color: Black, Blue | AS-FR-033 | 2400 | 230 | de: Faszienrolle 33 cm; fr: Rouleau de massage | For the day after running.
dumbbells | Adjustable Dumbbells 20 kg | Ironside | Dumbbell | fitness | strength | | IR-DB-020 | 12900 | 185 | de: Verstellbare Hanteln 20 kg; fr: Haltères réglables 20 kg; ja: 可変式ダンベル 20kg | A pair.
kettlebell | Kettlebell 12 kg | Ironside | Kettlebell | fitness | strength | | IR-KB-012 | 4900 | 145 | de: Kugelhantel 12 kg; fr: Kettlebell 12 kg | Cast in one piece.
resistance-bands | Resistance Bands Set | Ironside | Bands | fitness | strength | | IR-RB-005 | 1900 | 375 | de: Widerstandsbänder Set; fr: Bandes élastiques de fitness | Five strengths.
jump-rope | Speed Jump Rope | Ironside | Jump Rope | fitness | cardio | | IR-JR-001 | 1400 | 210 | de: Springseil; fr: Corde à sauter | Ball bearings and a steel cable.
road-helmet | Road Bike Helmet | Velo Peak | Helmet | cycling | road | Color: White, Black; Size: M, L | VP-HE-010 | 8900 | 195 | de: Rennradhelm; fr: Casque de vélo de route; es: Casco de bicicleta | Eighteen vents.
kids-helmet | Kids Bike Helmet | Little Fox | Helmet | cycling | kids | Color: Red, Blue; Size: 48-52 | LF-HE-001 | 3400 | 135 | de: Fahrradhelm für Kinder; fr: Casque vélo enfant | With a fox on it.
bike-lights | USB Bike Light Set | Velo Peak | Light | cycling | usb | | VP-BL-020 | 2900 | 355 | de: Fahrradlicht-Set USB; fr: Éclairage vélo USB | Front and rear.
bike-lock | Folding Bike Lock | Velo Peak | Lock | cycling | steel | | VP-LO-030 | 5900 | 250 | de: Faltschloss fürs Fahrrad; fr: Antivol pliant pour vélo | Ninety centimetres of hardened steel.
cycling-gloves | Cycling Gloves | Velo Peak | Gloves | cycling | summer | Size: S, M, L | VP-GL-040 | 2400 | 125 | de: Fahrradhandschuhe; fr: Gants de vélo | Gel in the palms.
tent-2 | Two Person Tent Alta | Velo Peak | Tent | camping | outdoor | Color: Green | VP-TE-002 | 24900 | 95 | de: Zweipersonenzelt Alta; fr: Tente deux places Alta; ja: 二人用テント | Two kilos and two doors.
tent-4 | Family Tent for Four | Hydra | Tent | camping | outdoor | | HY-TE-004 | 34900 | 55 | de: Familienzelt für vier; fr: Tente familiale quatre places | One can stand in it.
sleeping-bag | Down Sleeping Bag | Velo Peak | Sleeping Bag | camping | down, outdoor | | VP-SB-010 | 18900 | 80 | de: Daunenschlafsack; fr: Sac de couchage en duvet; ja: 寝袋 ダウン | Warm down to minus five.
camping-stove | Gas Camping Stove | Hydra | Stove | camping | outdoor | | HY-ST-001 | 3900 | 165 | de: Gas-Campingkocher; fr: Réchaud de camping à gaz | Boils water in the wind.
headlamp | Rechargeable Headlamp | Lumen | Headlamp | camping | usb, outdoor | | LU-HL-040 | 3400 | 275 | de: Aufladbare Stirnlampe; fr: Lampe frontale rechargeable; ja: 充電式ヘッドライト | Four hundred lumens.
football | Football Size 5 | Ironside | Ball | team-sports | outdoor | | IR-FB-005 | 2400 | 305 | de: Fußball Größe 5; fr: Ballon de football taille 5; es: Balón de fútbol | Seamless.
basketball | Outdoor Basketball Size 7 | Ironside | Ball | team-sports | outdoor | | IR-BB-007 | 2900 | 215 | de: Basketball Größe 7; fr: Ballon de basket taille 7 | Grips on asphalt.
tennis-racket | Carbon Tennis Racket | Ironside | Racket | team-sports | carbon | | IR-TR-010 | 12900 | 70 | de: Tennisschläger aus Carbon; fr: Raquette de tennis en carbone | Three hundred grams.
swim-goggles | Swimming Goggles | Hydra | Goggles | swimwear | swimming | Color: Blue, Black | HY-SG-010 | 1900 | 245 | de: Schwimmbrille; fr: Lunettes de natation | They do not fog.
building-blocks | Building Blocks 500 Pieces | Brickle | Blocks | toys | kids | | BR-BB-500 | 3900 | 400 | de: Bausteine 500 Teile; fr: Briques de construction 500 pièces; ja: ブロック 500ピース | Fits other brands.
wooden-train | Wooden Train Set | Holzbande | Train | toys | wood, kids | | HB-TR-001 | 4900 | 185 | de: Holzeisenbahn Set; fr: Train en bois; es: Tren de madera; ja: 木製 電車セット | Tracks, a bridge and three engines.
teddy-bear | Teddy Bear Classic | Plüschling | Plush | toys | plush, kids | | PL-TB-001 | 2900 | 280 | de: Teddybär klassisch; fr: Ours en peluche; ja: テディベア | Jointed arms and a bow.
plush-dino | Plush Dinosaur | Plüschling | Plush | toys | plush, kids | Color: Green, Purple | PL-DI-010 | 2400 | 225 | de: Plüsch-Dinosaurier; fr: Dinosaure en peluche | Roars when squeezed.
world-puzzle | Jigsaw Puzzle World Map 1000 Pieces | Brickle | Puzzle | games | puzzle | | BR-PU-100 | 1900 | 240 | de: Puzzle Weltkarte 1000 Teile; fr: Puzzle carte du monde 1000 pièces; ja: ジグソーパズル 世界地図 1000ピース | A rainy weekend.
kids-puzzle | Kids Animal Puzzle 24 Pieces | Brickle | Puzzle | games | puzzle, kids | | BR-PU-024 | 990 | 170 | de: Kinderpuzzle Tiere 24 Teile; fr: Puzzle animaux enfant | Thick pieces for small hands.
settlers-game | Board Game Island Settlers | Spielwerk | Board Game | games | family | | SW-BG-001 | 3900 | 320 | de: Brettspiel Inselsiedler; fr: Jeu de société Les colons de l’île | Trade wool for wheat.
chess-set | Wooden Chess Set | Spielwerk | Board Game | games | wood | | SW-CH-010 | 5900 | 130 | de: Schachspiel aus Holz; fr: Jeu d’échecs en bois | Maple and walnut.
card-game | Card Game Lost Cities | Spielwerk | Card Game | games | family | | SW-CG-020 | 1400 | 265 | de: Kartenspiel Verlorene Städte; fr: Jeu de cartes | For two.
doll-house | Wooden Doll House | Holzbande | Doll House | toys | wood, kids | | HB-DH-010 | 9900 | 65 | de: Puppenhaus aus Holz; fr: Maison de poupée en bois | Three floors, furnished.
toy-car | Red Toy Car | Holzbande | Toy Car | toys | wood, kids | | HB-CA-020 | 1400 | 300 | de: Rotes Spielzeugauto; fr: Petite voiture rouge | Beech, and it rolls far.
speed-cube | Speed Cube 3x3 | Brickle | Puzzle | games | puzzle | | BR-SC-333 | 1400 | 335 | de: Zauberwürfel 3x3; fr: Cube magique 3x3 | Magnets inside.
crayons | Wax Crayons 24 Colours | Holzbande | Crayons | toys | kids, art | | HB-CR-024 | 1200 | 290 | de: Wachsmalstifte 24 Farben; fr: Crayons de cire 24 couleurs | Beeswax.
kite | Rainbow Delta Kite | Hydra | Kite | toys | outdoor, kids | | HY-KI-001 | 2400 | 105 | de: Drachen Regenbogen; fr: Cerf-volant arc-en-ciel | Flies from a light breeze on.
bread-book | The Bread Baker's Handbook | Oven Press | Book | books | cooking | | 9780306406157 | 2900 | 115 | | Sourdough, rye and everything between, for any oven and any knife.
vegan-book | Vegan Cooking for Beginners | Oven Press | Book | books | cooking, vegan | | 9781861972712 | 2400 | 260 | de: Vegan kochen für Einsteiger; fr: La cuisine végane pour débutants | A hundred recipes without a blender.
mars-novel | Red Mars Rising: A Novel | Nightjar | Book | books | science-fiction | | 9780140449136 | 1400 | 145 | | The colony is silent.
hoodie-novel | The Hoodie Murders: A Crime Novel | Nightjar | Book | books | crime | | 9780261103573 | 1290 | 85 | | A detective, a red thread and a hood.
knitting-book | Knitting Hoodies and Sweaters | Oven Press | Book | books | crafts | | 9780747532743 | 2200 | 55 | | Twenty patterns from beanie to hoodie.
japanese-book | Learn Japanese in 30 Days | Lingua | Book | books | language | | 9784805308882 | 1900 | 195 | de: Japanisch lernen in 30 Tagen; ja: 30日で学ぶ日本語 | Kana first, then kanji.
fuchs-buch | Der kleine Fuchs | Kinderbuchverlag | Buch | books | kinder | | 9783551551672 | 1400 | 125 | en: The Little Fox | Ein Bilderbuch zum Einschlafen.
coffee-book | A History of Coffee | Nightjar | Book | books | history | | 9780349414096 | 1900 | 75 | | From Ethiopia to espresso.
running-book | Running for Life | Nightjar | Book | books | sports | | 9780553380958 | 1500 | 90 | | Why we run, and in which shoes.
yoga-book | Yoga Anatomy | Asana | Book | books | yoga | | 9781450400244 | 2400 | 135 | de: Yoga-Anatomie; fr: L’anatomie du yoga | Each pose, muscle by muscle.
`
