/** What has a plug or a battery, a product a line; what the columns are says products.ts. */
export const ELECTRONICS = `
anc-headphones | Noise Cancelling Headphones Pulse 700 | Sonora | Headphones | audio | bluetooth, over-ear | Color: Black, Silver | SN-HP-700 | 29900 | 330 | de: Kopfhörer mit Geräuschunterdrückung Pulse 700; fr: Casque à réduction de bruit Pulse 700; es: Auriculares con cancelación de ruido; ja: ノイズキャンセリングヘッドホン Pulse 700; zh: 降噪耳机 Pulse 700 | Thirty hours of quiet.
wireless-earbuds | True Wireless Earbuds Bean | Sonora | Earbuds | audio | bluetooth, in-ear | Color: White, Black | SN-EB-050 | 9900 | 610 | de: Kabellose Ohrhörer Bean; fr: Écouteurs sans fil Bean; ja: 完全ワイヤレスイヤホン; zh: 真无线耳机 | With a case that charges them.
gaming-headset | Gaming Headset 7.1 | Hyperion | Headset | audio | gaming, usb | Color: Black, Red | HP-GH-071 | 7900 | 205 | de: Gaming-Headset 7.1; fr: Casque gamer 7.1 | A microphone that folds away.
bluetooth-speaker | Waterproof Bluetooth Speaker | Sonora | Speaker | audio | bluetooth, outdoor | Color: Blue, Red, Black | SN-SP-020 | 5900 | 480 | de: Wasserdichter Bluetooth-Lautsprecher; fr: Enceinte Bluetooth étanche; es: Altavoz Bluetooth resistente al agua; ja: 防水Bluetoothスピーカー | Floats in the pool.
soundbar | Soundbar 2.1 with Subwoofer | Sonora | Soundbar | audio | tv | | SN-SB-210 | 19900 | 95 | de: Soundbar 2.1 mit Subwoofer | A cinema under the television.
iphone-15-case | Clear Phone Case for iPhone 15 | Shellby | Phone Case | phones | tpu | | SH-PC-150 | 1900 | 720 | de: Transparente Handyhülle für iPhone 15; fr: Coque transparente pour iPhone 15 | Does not turn yellow.
iphone-14-case | Leather Phone Case for iPhone 14 | Shellby | Phone Case | phones | leather | Color: Brown, Black | SH-PC-140 | 3900 | 260 | de: Handyhülle aus Leder für iPhone 14; fr: Coque en cuir pour iPhone 14 | Ages well.
galaxy-case | Rugged Phone Case for Galaxy S24 | Shellby | Phone Case | phones | tpu | Color: Black, Blue | SH-PC-240 | 2400 | 310 | de: Robuste Handyhülle für Galaxy S24; fr: Coque antichoc pour Galaxy S24 | Falls from two metres.
iphone-15-screen | Screen Protector iPhone 15 2 Pack | Shellby | Screen Protector | phones | glass | | SH-SP-150 | 1400 | 840 | de: Panzerglas iPhone 15 2er-Pack; fr: Protection d’écran iPhone 15 | Tempered glass with a frame to fit it.
usb-c-cable | USB-C Cable 2 m | Ampere | Cable | phones | usb-c | Color: Black, White | AM-CA-002 | 1200 | 1100 | de: USB-C-Kabel 2 m; fr: Câble USB-C 2 m | Braided, for 100 watts.
usb-c-charger | 65W USB-C Charger | Ampere | Charger | phones | usb-c | | AM-CH-065 | 3900 | 640 | de: USB-C-Ladegerät 65 W; fr: Chargeur USB-C 65 W; ja: USB-C充電器 65W | Three ports, for a laptop and two phones.
lightning-cable | Lightning Cable 1 m | Ampere | Cable | phones | lightning | | AM-CA-011 | 1400 | 530 | de: Lightning-Kabel 1 m; fr: Câble Lightning 1 m | Certified.
power-bank | Power Bank 20000 mAh | Ampere | Power Bank | phones | usb-c | Color: Black | AM-PB-200 | 3900 | 570 | de: Powerbank 20000 mAh; fr: Batterie externe 20000 mAh; ja: モバイルバッテリー 20000mAh; zh: 移动电源 20000毫安 | Charges a phone four times.
wireless-charger | Wireless Charging Pad | Ampere | Charger | phones | qi | | AM-WC-015 | 2400 | 345 | de: Kabelloses Ladepad; fr: Chargeur sans fil | Fifteen watts.
hdmi-cable | HDMI 2.1 Cable 3 m | Ampere | Cable | tv | hdmi | | AM-CA-021 | 1600 | 460 | de: HDMI-2.1-Kabel 3 m | For 8K and 120 hertz.
mechanical-keyboard | Mechanical Keyboard K8 | Hyperion | Keyboard | computers | gaming, usb | Layout: US, DE; Switch: Brown, Red | HP-KB-008 | 9900 | 275 | de: Mechanische Tastatur K8; fr: Clavier mécanique K8; ja: メカニカルキーボード K8 | Hot-swappable switches.
slim-keyboard | Slim Wireless Keyboard | Ampere | Keyboard | computers | bluetooth | Layout: US, DE | AM-KB-020 | 4900 | 225 | de: Flache kabellose Tastatur; fr: Clavier sans fil plat | Pairs with three devices.
vertical-mouse | Ergonomic Vertical Mouse | Ampere | Mouse | computers | bluetooth | | AM-MO-030 | 3900 | 180 | de: Ergonomische vertikale Maus; fr: Souris verticale ergonomique | Shake hands with it.
gaming-mouse | Gaming Mouse 26K DPI | Hyperion | Mouse | computers | gaming, usb | Color: Black, White | HP-MO-026 | 5900 | 320 | de: Gaming-Maus 26K DPI; fr: Souris gamer | Weighs 60 grams.
mouse-pad | Desk Mat Mouse Pad XL | Hyperion | Mouse Pad | computers | gaming | Color: Black | HP-MP-090 | 1900 | 390 | de: Mauspad XL; fr: Tapis de souris XL | Ninety centimetres wide.
monitor-27 | 27 inch 4K Monitor | Visio | Monitor | computers | 4k, usb-c | | VI-MO-027 | 32900 | 145 | de: 27-Zoll-4K-Monitor; fr: Écran 4K 27 pouces; ja: 27インチ 4Kモニター | One cable for picture and power.
laptop-stand | Aluminium Laptop Stand | Ampere | Stand | computers | aluminium | Color: Silver | AM-LS-040 | 3400 | 415 | de: Laptopständer aus Aluminium; fr: Support pour ordinateur portable | Folds flat.
laptop-sleeve | Laptop Sleeve 13 inch | Old Stage | Sleeve | computers | felt | Color: Grey, Black | OS-LS-013 | 2900 | 235 | de: Laptophülle 13 Zoll; fr: Housse pour ordinateur 13 pouces | Wool felt and leather.
webcam | Webcam 1080p | Visio | Webcam | computers | usb | | VI-WC-108 | 4900 | 285 | de: Webcam 1080p | With a shutter.
mirrorless-camera | Mirrorless Camera X200 | Visio | Camera | cameras | 4k | Color: Black, Silver | VI-CM-200 | 119900 | 50 | de: Systemkamera X200; fr: Appareil photo hybride X200; ja: ミラーレスカメラ X200 | Twenty-six megapixels, and a stabilised sensor.
camera-bag | Camera Shoulder Bag | Old Stage | Bag | cameras | canvas | Color: Green, Black | OS-CB-030 | 6900 | 100 | de: Kameratasche; fr: Sacoche photo | For a body and two lenses.
tripod | Carbon Travel Tripod | Visio | Tripod | cameras | carbon | | VI-TR-050 | 14900 | 85 | de: Reisestativ aus Carbon; fr: Trépied de voyage en carbone; ja: カーボン三脚 | Weighs a kilo.
microsd-card | microSD Card 128 GB | Ampere | Memory Card | cameras | storage | | AM-SD-128 | 1900 | 690 | de: microSD-Karte 128 GB | Fast enough for 4K video.
smart-watch | Fitness Smart Watch Loop 2 | Sonora | Smart Watch | phones | fitness, bluetooth | Color: Black, Rose | SN-SW-002 | 14900 | 365 | de: Fitness-Smartwatch Loop 2; fr: Montre connectée Loop 2; ja: スマートウォッチ Loop 2 | Counts steps, sleeps and laps.
watch-band | Silicone Watch Band 22 mm | Shellby | Watch Band | phones | silicone | Color: Black, Blue, Red | SH-WB-022 | 1400 | 240 | de: Uhrenarmband aus Silikon 22 mm; fr: Bracelet de montre en silicone | For the Loop 2 and others.
e-reader | E-Reader Paperlike 7 inch | Visio | E-Reader | computers | e-ink | | VI-ER-007 | 15900 | 175 | de: E-Book-Reader Paperlike 7 Zoll; fr: Liseuse Paperlike 7 pouces; ja: 電子書籍リーダー | Weeks without a charger.
tv-55 | 55 inch OLED TV | Visio | TV | tv | 4k, oled | | VI-TV-055 | 109900 | 65 | de: 55-Zoll-OLED-Fernseher; fr: Téléviseur OLED 55 pouces; ja: 55インチ 有機ELテレビ | Black is black.
drone | Mini Camera Drone | Visio | Drone | cameras | 4k | | VI-DR-001 | 39900 | 90 | de: Mini-Kameradrohne; fr: Mini drone caméra | Below 250 grams.
`
