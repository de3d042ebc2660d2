/** What a home has, a product a line; what the columns are says products.ts. */
export const HOME = `
coat-hangers | Wooden Coat Hanger Set | Hafen | Hanger | storage | wood | | HA-CH-010 | 1900 | 900 | de: Kleiderbügel aus Holz; fr: Cintres en bois | Ten of them. They hold hoodies, jackets and red coats without a mark.
lint-roller | Lint Roller Refill 5 Pack | Cleanly | Lint Roller | storage | laundry | | CL-LR-005 | 900 | 1200 | de: Fusselrolle Nachfüllpack | Takes the fluff off a hoodie, a red sweater or a sofa.
chefs-knife | Chef's Knife 20 cm | Kaji | Knife | kitchen | steel | | KA-KN-020 | 8900 | 260 | de: Kochmesser 20 cm; fr: Couteau de chef 20 cm; ja: 牛刀 20cm | Forged, and sharp out of the box.
bread-knife | Bread Knife 24 cm | Kaji | Knife | kitchen | steel | | KA-KN-024 | 6900 | 140 | de: Brotmesser 24 cm; fr: Couteau à pain 24 cm; ja: パン切り包丁 | A serrated edge for crusts.
knife-block | Magnetic Knife Block | Kaji | Knife Block | kitchen | wood | | KA-KB-001 | 7900 | 75 | de: Magnetischer Messerblock; fr: Bloc à couteaux aimanté | Room for eight knives.
cutting-board | Bamboo Cutting Board | Hafen | Cutting Board | kitchen | bamboo | Size: Small, Large | HA-CB-002 | 2900 | 390 | de: Schneidebrett aus Bambus; fr: Planche à découper en bambou | With a groove for juice.
cast-iron-skillet | Cast Iron Skillet 26 cm | Hafen | Pan | kitchen | cast-iron | | HA-PA-026 | 3900 | 310 | de: Gusseiserne Pfanne 26 cm; fr: Poêle en fonte 26 cm; ja: 鋳鉄スキレット 26cm | Seasoned, heavy and nearly eternal.
frying-pan | Non-Stick Frying Pan 28 cm | Hafen | Pan | kitchen | aluminium | | HA-PA-028 | 3500 | 450 | de: Antihaft-Bratpfanne 28 cm; fr: Poêle antiadhésive 28 cm | For eggs that slide.
dutch-oven | Enamelled Dutch Oven 5 L | Hafen | Pot | kitchen | cast-iron | Color: Red, Blue | HA-PO-005 | 12900 | 160 | de: Emaillierter Bräter 5 l; fr: Cocotte émaillée 5 L | Bread, stews and roasts.
electric-kettle | Electric Kettle 1.7 L | Volta | Kettle | kitchen | steel | Color: Silver, Black | VO-KE-017 | 3900 | 520 | de: Wasserkocher 1,7 l; fr: Bouilloire électrique 1,7 L; es: Hervidor eléctrico; ja: 電気ケトル | Boils a litre in three minutes.
gooseneck-kettle | Gooseneck Kettle | Barista & Co | Kettle | kitchen | coffee | Color: Matte Black | BC-GK-009 | 6900 | 115 | de: Schwanenhalskessel; ja: 細口ケトル | A thin spout for pour-over coffee.
french-press | French Press 1 L | Barista & Co | Coffee Maker | kitchen | glass, coffee | | BC-FP-010 | 2900 | 275 | de: Stempelkanne 1 l; fr: Cafetière à piston 1 L | Glass, with a steel filter.
moka-pot | Moka Pot 6 Cups | Barista & Co | Coffee Maker | kitchen | aluminium, coffee | | BC-MP-006 | 3400 | 235 | de: Espressokocher 6 Tassen; fr: Cafetière italienne 6 tasses; es: Cafetera italiana | The Italian way of coffee.
espresso-machine | Barista Espresso Machine | Volta | Espresso Machine | kitchen | coffee | Color: Silver, Black | VO-EM-600 | 49900 | 85 | de: Siebträgermaschine; fr: Machine à expresso; ja: エスプレッソマシン | Fifteen bars and a steam wand.
coffee-grinder | Burr Coffee Grinder | Volta | Coffee Grinder | kitchen | coffee | | VO-CG-040 | 11900 | 125 | de: Kaffeemühle mit Mahlwerk; fr: Moulin à café; ja: コーヒーミル | Forty settings, from espresso to French press.
blue-mug | Blue Stoneware Mug | Töpferei Lang | Mug | kitchen | stoneware | | TL-MU-001 | 1800 | 340 | de: Blaue Steinzeugtasse; fr: Tasse bleue en grès; ja: 青いマグカップ | Thrown by hand, 300 ml.
white-mug | White Porcelain Mug Set of 4 | Hafen | Mug | kitchen | porcelain | | HA-MU-004 | 2400 | 410 | de: Porzellanbecher weiß 4er-Set; fr: Lot de 4 mugs blancs | They stack.
travel-mug | Travel Mug 450 ml | Barista & Co | Mug | kitchen | steel, coffee | Color: Black, Mint | BC-TM-045 | 2900 | 295 | de: Thermobecher 450 ml; fr: Mug isotherme 450 ml | Hot for six hours.
iron-teapot | Cast Iron Teapot | 岩鋳堂 | Teapot | kitchen | cast-iron, tea | | IW-TP-001 | 8900 | 65 | de: Gusseiserne Teekanne; ja: 南部鉄器 急須; zh: 铸铁茶壶 | Made in Morioka.
wine-glasses | Red Wine Glasses Set of 6 | Hafen | Glass | kitchen | glass | | HA-WG-006 | 4900 | 180 | de: Rotweingläser 6er-Set; fr: Verres à vin rouge lot de 6 | Thin rims.
water-bottle | Stainless Steel Water Bottle 750 ml | Hydra | Bottle | kitchen | steel, outdoor | Color: Black, Blue, Red | HY-WB-075 | 2500 | 560 | de: Trinkflasche aus Edelstahl 750 ml; fr: Gourde en inox 750 ml; ja: ステンレスボトル 750ml | Cold for a day.
bento-box | Bento Lunch Box | Hydra | Lunch Box | kitchen | bamboo | Color: Green, Black | HY-BB-002 | 2400 | 150 | de: Bento-Brotdose; fr: Boîte à bento; ja: 弁当箱 二段 | Two tiers and chopsticks.
toaster | Two Slice Toaster | Volta | Toaster | kitchen | steel | Color: Silver, Red | VO-TO-002 | 3900 | 325 | de: Toaster für zwei Scheiben; fr: Grille-pain deux fentes | Seven shades of brown.
blender | Smoothie Blender 1000 W | Volta | Blender | kitchen | | Color: Black | VO-BL-100 | 6900 | 240 | de: Standmixer für Smoothies; fr: Blender à smoothie | Crushes ice.
stand-mixer | Stand Mixer 4.8 L | Volta | Mixer | kitchen | baking | Color: Red, Cream | VO-SM-048 | 29900 | 95 | de: Küchenmaschine 4,8 l; fr: Robot pâtissier 4,8 L | Kneads a kilo of dough.
rice-cooker | 炊飯器 5.5合 | 虎屋電機 | 炊飯器 | kitchen | 家電 | 色: 白, 黒 | TD-RC-055 | 15800 | 70 | en: Rice Cooker 1 L | ふっくら炊ける圧力IH炊飯器。
desk-lamp | LED Desk Lamp | Lumen | Lamp | lighting | led | Color: White, Black | LU-DL-001 | 4900 | 350 | de: LED-Schreibtischlampe; fr: Lampe de bureau LED; ja: LEDデスクライト | Dims, and charges a phone.
floor-lamp | Arc Floor Lamp | Lumen | Lamp | lighting | metal | Color: Brass, Black | LU-FL-010 | 12900 | 90 | de: Bogenlampe; fr: Lampadaire arc | Reaches over a sofa.
table-lamp | Ceramic Table Lamp | Lumen | Lamp | lighting | ceramic | Color: Blue, White | LU-TL-020 | 6900 | 120 | de: Tischlampe aus Keramik; fr: Lampe de table en céramique | With a linen shade.
pendant-light | Rattan Pendant Light | Lumen | Lamp | lighting | rattan | | LU-PL-030 | 8900 | 135 | de: Pendelleuchte aus Rattan; fr: Suspension en rotin | Throws a pattern on the ceiling.
smart-bulb | Smart LED Bulb E27 | Lumen | Bulb | lighting | led, smart-home | | LU-SB-027 | 1900 | 480 | de: Smarte LED-Lampe E27 | Sixteen million colours, from white to red.
lavender-candle | Lavender Scented Candle | Wick | Candle | decor | soy | | WI-CA-001 | 2200 | 370 | de: Duftkerze Lavendel; fr: Bougie parfumée à la lavande; ja: ラベンダーキャンドル | Burns for forty hours.
vanilla-candle | Vanilla Candle | Wick | Candle | decor | soy | | WI-CA-002 | 2200 | 290 | de: Duftkerze Vanille; fr: Bougie à la vanille | Smells of baking.
candle-holder | Brass Candle Holder | Wick | Candle Holder | decor | brass | | WI-CH-010 | 2900 | 110 | de: Kerzenständer aus Messing; fr: Bougeoir en laiton | For one tall candle.
duvet-cover | Linen Duvet Cover | Nordic Sleep | Bedding | bedding | linen | Color: White, Sage; Size: Single, Double | NS-DC-001 | 11900 | 165 | de: Bettbezug aus Leinen; fr: Housse de couette en lin | Softer with every wash.
memory-pillow | Memory Foam Pillow | Nordic Sleep | Pillow | bedding | foam | | NS-PI-010 | 4900 | 420 | de: Kopfkissen aus Memoryschaum; fr: Oreiller à mémoire de forme; ja: 低反発まくら | Holds the neck.
knit-blanket | Chunky Knit Blanket | Nordic Sleep | Blanket | bedding | wool | Color: Cream, Grey | NS-BL-020 | 8900 | 155 | de: Grobstrickdecke; fr: Plaid grosse maille | Heavy and warm.
bath-towels | Turkish Bath Towel Set | Hamam | Towel | bathroom | cotton | Color: White, Blue | HM-BT-004 | 5900 | 305 | de: Badetücher-Set türkisch; fr: Lot de serviettes de bain | Four towels of 600 grams.
shower-curtain | Shower Curtain Eucalyptus | Hamam | Shower Curtain | bathroom | polyester | | HM-SC-010 | 2400 | 185 | de: Duschvorhang Eukalyptus; fr: Rideau de douche eucalyptus | With twelve rings.
sofa-oslo | Three Seat Sofa Oslo | Nordhus | Sofa | furniture | fabric | Color: Grey, Green | NH-SO-003 | 89900 | 40 | de: Dreisitzer Sofa Oslo; fr: Canapé trois places Oslo; es: Sofá de tres plazas Oslo; ja: 三人掛けソファ オスロ | Deep seats and removable covers.
sofa-bed | Sofa Bed Malmö | Nordhus | Sofa | furniture | fabric | Color: Grey, Blue | NH-SB-002 | 69900 | 55 | de: Schlafsofa Malmö; fr: Canapé-lit Malmö | A guest room in a living room.
velvet-armchair | Velvet Armchair | Nordhus | Armchair | furniture | velvet | Color: Green, Mustard | NH-AC-010 | 29900 | 75 | de: Samtsessel; fr: Fauteuil en velours | Brass feet.
coffee-table | Oak Coffee Table | Nordhus | Table | furniture | oak | | NH-CT-020 | 19900 | 100 | de: Couchtisch aus Eiche; fr: Table basse en chêne | Solid oak, oiled.
dining-table | Extendable Dining Table | Nordhus | Table | furniture | oak | | NH-DT-030 | 49900 | 45 | de: Ausziehbarer Esstisch; fr: Table à manger extensible | Four seats, or eight.
bookshelf | Bookshelf Five Tiers | Nordhus | Shelf | furniture | pine | Color: White, Natural | NH-BS-040 | 9900 | 195 | de: Bücherregal fünf Böden; fr: Bibliothèque cinq étagères | For books, plants and a lamp.
office-chair | Ergonomic Office Chair | Nordhus | Chair | furniture | mesh | Color: Black | NH-OC-050 | 22900 | 170 | de: Ergonomischer Bürostuhl; fr: Chaise de bureau ergonomique; ja: オフィスチェア | Moves with the back.
wool-rug | Handwoven Wool Rug | Nordhus | Rug | furniture | wool | Size: 120x180, 160x230 | NH-RU-060 | 24900 | 60 | de: Handgewebter Wollteppich; fr: Tapis en laine tissé main | Woven in Jaipur.
blackout-curtains | Blackout Curtains | Nordic Sleep | Curtains | bedding | polyester | Color: Grey, Navy | NS-CU-030 | 5900 | 255 | de: Verdunkelungsvorhänge; fr: Rideaux occultants | Dark at noon.
plant-pot | Terracotta Plant Pot | Grünwerk | Pot | garden | terracotta | Size: 14 cm, 20 cm | GW-PP-014 | 1400 | 430 | de: Blumentopf aus Terrakotta; fr: Pot de fleurs en terre cuite | With a saucer.
giesskanne | Gießkanne aus Zink 9 l | Grünwerk | Gießkanne | garden | zink, garten | | GW-GK-009 | 3400 | 115 | en: Zinc Watering Can 9 L | Mit Brause aus Messing.
fussmatte | Fußmatte Kokos | Hafen | Fußmatte | decor | kokos | | HA-FM-001 | 2400 | 210 | en: Coir Doormat | Für saubere Schuhe, 60 mal 40 cm.
spaetzlepresse | Spätzlepresse Edelstahl | Hafen | Küchenhelfer | kitchen | edelstahl | | HA-SP-001 | 4900 | 80 | en: Spaetzle Press Stainless Steel | Für Spätzle wie bei Oma.
`
