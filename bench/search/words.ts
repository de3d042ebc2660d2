/** A word in English, German, French, Spanish and Japanese. */
export type Word = readonly [en: string, de: string, fr: string, es: string, ja: string]

const read = (text: string): readonly Word[] =>
  text
    .trim()
    .split('\n')
    .flatMap((line) => line.split(' | '))
    .map((each) => each.trim().split('/') as unknown as Word)

/** Departments with the kinds of goods in them; each kind is a category of its own. */
export const DEPARTMENTS: readonly { title: Word; kinds: readonly Word[] }[] = [
  {
    title: ['Clothing', 'Kleidung', 'Vêtements', 'Ropa', '衣類'],
    kinds: read(`
Hoodie/Kapuzenpullover/Sweat à capuche/Sudadera/パーカー | T-Shirt/T-Shirt/T-shirt/Camiseta/Tシャツ | Jacket/Jacke/Veste/Chaqueta/ジャケット
Sweater/Pullover/Pull/Jersey/セーター | Jeans/Jeans/Jean/Vaqueros/ジーンズ | Dress/Kleid/Robe/Vestido/ワンピース
Socks/Socken/Chaussettes/Calcetines/靴下 | Scarf/Schal/Écharpe/Bufanda/マフラー | Beanie/Mütze/Bonnet/Gorro/ニット帽 | Shirt/Hemd/Chemise/Camisa/シャツ`),
  },
  {
    title: ['Shoes', 'Schuhe', 'Chaussures', 'Zapatos', '靴'],
    kinds: read(`
Sneakers/Sneaker/Baskets/Zapatillas/スニーカー | Boots/Stiefel/Bottes/Botas/ブーツ | Sandals/Sandalen/Sandales/Sandalias/サンダル
Running Shoes/Laufschuhe/Chaussures de course/Zapatillas de correr/ランニングシューズ | Slippers/Hausschuhe/Chaussons/Pantuflas/スリッパ`),
  },
  {
    title: ['Kitchen', 'Küche', 'Cuisine', 'Cocina', 'キッチン'],
    kinds: read(`
Mug/Tasse/Tasse/Taza/マグカップ | Kettle/Wasserkocher/Bouilloire/Hervidor/ケトル | Frying Pan/Bratpfanne/Poêle/Sartén/フライパン
Chef Knife/Kochmesser/Couteau de chef/Cuchillo de chef/包丁 | Teapot/Teekanne/Théière/Tetera/急須 | Plate/Teller/Assiette/Plato/皿
Lunch Box/Brotdose/Boîte à repas/Fiambrera/弁当箱 | Water Bottle/Trinkflasche/Gourde/Botella/水筒 | Cutting Board/Schneidebrett/Planche à découper/Tabla de cortar/まな板`),
  },
  {
    title: ['Home', 'Wohnen', 'Maison', 'Hogar', 'インテリア'],
    kinds: read(`
Lamp/Lampe/Lampe/Lámpara/ランプ | Candle/Kerze/Bougie/Vela/キャンドル | Cushion/Kissen/Coussin/Cojín/クッション | Blanket/Decke/Plaid/Manta/毛布
Rug/Teppich/Tapis/Alfombra/ラグ | Mirror/Spiegel/Miroir/Espejo/鏡 | Shelf/Regal/Étagère/Estante/棚 | Armchair/Sessel/Fauteuil/Sillón/椅子
Towel/Handtuch/Serviette/Toalla/タオル | Vase/Vase/Vase/Jarrón/花瓶`),
  },
  {
    title: ['Electronics', 'Elektronik', 'Électronique', 'Electrónica', '家電'],
    kinds: read(`
Headphones/Kopfhörer/Casque/Auriculares/ヘッドホン | Speaker/Lautsprecher/Enceinte/Altavoz/スピーカー | Keyboard/Tastatur/Clavier/Teclado/キーボード
Charger/Ladegerät/Chargeur/Cargador/充電器 | Phone Case/Handyhülle/Coque/Funda de móvil/スマホケース | Monitor/Monitor/Écran/Monitor/モニター
Camera/Kamera/Appareil photo/Cámara/カメラ | Cable/Kabel/Câble/Cable/ケーブル | Watch/Uhr/Montre/Reloj/時計`),
  },
  {
    title: ['Food', 'Lebensmittel', 'Épicerie', 'Alimentación', '食品'],
    kinds: read(`
Coffee/Kaffee/Café/Café/コーヒー | Tea/Tee/Thé/Té/お茶 | Chocolate/Schokolade/Chocolat/Chocolate/チョコレート | Honey/Honig/Miel/Miel/はちみつ
Olive Oil/Olivenöl/Huile d’olive/Aceite de oliva/オリーブオイル | Pasta/Nudeln/Pâtes/Pasta/パスタ | Jam/Marmelade/Confiture/Mermelada/ジャム`),
  },
  {
    title: ['Sports', 'Sport', 'Sport', 'Deporte', 'スポーツ'],
    kinds: read(`
Yoga Mat/Yogamatte/Tapis de yoga/Esterilla/ヨガマット | Dumbbell/Hantel/Haltère/Mancuerna/ダンベル | Backpack/Rucksack/Sac à dos/Mochila/リュック
Tent/Zelt/Tente/Tienda/テント | Sleeping Bag/Schlafsack/Sac de couchage/Saco de dormir/寝袋 | Bike Helmet/Fahrradhelm/Casque de vélo/Casco/ヘルメット
Football/Fußball/Ballon/Balón/サッカーボール`),
  },
  {
    title: ['Toys', 'Spielzeug', 'Jouets', 'Juguetes', 'おもちゃ'],
    kinds: read(`
Puzzle/Puzzle/Puzzle/Rompecabezas/パズル | Teddy Bear/Teddybär/Ours en peluche/Osito/テディベア | Board Game/Brettspiel/Jeu de société/Juego de mesa/ボードゲーム
Toy Car/Spielzeugauto/Petite voiture/Coche de juguete/ミニカー | Building Blocks/Bausteine/Briques/Bloques/積み木 | Kite/Drachen/Cerf-volant/Cometa/凧`),
  },
]

/** The first of each list is the most frequent one: half as often the second, a third as often the third. */
export const MATERIALS = read(`
Cotton/Baumwolle/coton/algodón/綿 | Wool/Wolle/laine/lana/ウール | Leather/Leder/cuir/cuero/革 | Steel/Edelstahl/inox/acero/ステンレス
Linen/Leinen/lin/lino/麻 | Oak/Eiche/chêne/roble/オーク | Bamboo/Bambus/bambou/bambú/竹 | Ceramic/Keramik/céramique/cerámica/陶器
Glass/Glas/verre/vidrio/ガラス | Silk/Seide/soie/seda/絹 | Silicone/Silikon/silicone/silicona/シリコン | Cork/Kork/liège/corcho/コルク
Copper/Kupfer/cuivre/cobre/銅 | Walnut/Nussbaum/noyer/nogal/クルミ | Cashmere/Kaschmir/cachemire/cachemira/カシミヤ | Carbon/Carbon/carbone/carbono/カーボン`)

export const STYLES = read(`
Vintage/Vintage/vintage/vintage/ヴィンテージ | Organic/Bio/bio/orgánico/オーガニック | Mini/Mini/mini/mini/ミニ | Waterproof/Wasserdicht/imperméable/impermeable/防水
Slim/Schmal/fin/fino/スリム | Foldable/Faltbar/pliable/plegable/折りたたみ | Handmade/Handgemacht/fait main/artesanal/手作り | Ultralight/Ultraleicht/ultraléger/ultraligero/超軽量
Wireless/Kabellos/sans fil/inalámbrico/ワイヤレス | Portable/Tragbar/portable/portátil/携帯用 | Heavy/Schwer/lourd/pesado/重い | Recycled/Recycelt/recyclé/reciclado/再生
Rustic/Rustikal/rustique/rústico/素朴な | Nordic/Nordisch/nordique/nórdico/北欧 | Striped/Gestreift/rayé/rayado/縞 | Quilted/Gesteppt/matelassé/acolchado/キルト
Polished/Poliert/poli/pulido/磨き | Adjustable/Verstellbar/réglable/ajustable/調節可能 | Insulated/Isoliert/isotherme/aislado/断熱 | Scented/Duftend/parfumé/perfumado/香り付き`)

export const COLORS = read(`
Black/Schwarz/noir/negro/黒 | White/Weiß/blanc/blanco/白 | Blue/Blau/bleu/azul/青 | Grey/Grau/gris/gris/灰色 | Red/Rot/rouge/rojo/赤 | Green/Grün/vert/verde/緑
Navy/Marine/marine/marino/紺 | Beige/Beige/beige/beis/ベージュ | Brown/Braun/marron/marrón/茶色 | Pink/Rosa/rose/rosa/ピンク | Yellow/Gelb/jaune/amarillo/黄色
Purple/Lila/violet/morado/紫 | Orange/Orange/orange/naranja/オレンジ | Olive/Oliv/olive/oliva/オリーブ | Mustard/Senf/moutarde/mostaza/からし色 | Turquoise/Türkis/turquoise/turquesa/水色`)

export const TAGS = [
  'new',
  'sale',
  'gift',
  'eco',
  'bestseller',
  'outdoor',
  'indoor',
  'premium',
  'vegan',
  'limited',
] as const

/** Sentences of descriptions, in which % is the kind of goods. */
export const SENTENCES = {
  en: [
    'Made to last, and made to be repaired.',
    'This % goes with everything that you have already.',
    'A % for every day, in a box without plastic.',
    'Our customers say that it is the best % in years.',
    'Washable at 30 degrees, or simply with a damp cloth.',
    'Designed in a small studio and tested for a year before the first % was sold.',
    'A gift that arrives in two days, wrapped if you like.',
    'Light enough to travel with, and strong enough for the rest of the year.',
  ],
  de: [
    'Gemacht, um lange zu halten.',
    'Passt zu allem, was schon da ist: %.',
    'Mit Liebe in einer kleinen Werkstatt gefertigt.',
    'Ein Geschenk, das in zwei Tagen ankommt.',
  ],
  ja: [
    '長く使えるように作りました。',
    '毎日使いたくなる%です。',
    '職人が一つ一つ手作りしています。',
    '贈り物にもおすすめです。',
  ],
} as const
