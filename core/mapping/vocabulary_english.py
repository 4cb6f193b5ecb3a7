"""Families of English headers, over the base: lower case, letters and digits only ("Order Number" = "ordernumber")."""

from core.mapping.vocabulary import Family, family

_WHEN = r"(?:at|on|time|date|datetime|timestamp|timeutc|when)"
_TO = r"(?:receiver|recipient|consignee|shipping|shipto|ship|delivery|customer|buyer|post|address)"

ENGLISH: tuple[Family, ...] = (
    family(
        "platform_no",
        0.9,
        r"(?:the|your|web|shop|store|platform|parent|main|master|sales|customer|original|source|external|channel|marketplace|online|ebay|shopify|taobao|tmall|jd|pdd|douyin)*(?:order|trade)(?:id|no|num|nos|number|sn|code|ref|reference|key|serial|idstr|identifier)",
        "sub|item|line|refund|purchaseorder",
    ),
    family(
        "line_no",
        0.9,
        r"(?:order)?(?:sub|child|line|item|detail)(?:order|item|line)*(?:id|no|num|number|seq|index)",
        "sku|product|itemid$|itemno$|itemnumber$|itemnum$",
    ),
    family(
        "status",
        0.9,
        r"(?:the|current|platform|trade|order|main)*(?:order|trade|current)(?:status|state)(?:name|desc|description)?",
    ),
    family("refund_status", 0.85, r"(?:order|item)?(?:refund|return|aftersales?)(?:status|state)"),
    family(
        "ordered_at",
        0.9,
        rf"(?:order|trade|purchase|checkout)?(?:created?|creation|placed|placement|purchased?|submitted|ordered|order|sale){_WHEN}",
        "updated",
    ),
    family("paid_at", 0.9, rf"(?:order|trade)?(?:paid|pay|payment|paymentconfirmed|paymentcompleted|approved){_WHEN}"),
    family(
        "ship_by",
        0.85,
        rf"(?:latest|expected|promised|last|must|due)(?:ship|shipping|dispatch|shipment)(?:by)?{_WHEN}?|shipbefore|dispatchby",
    ),
    family(
        "shipped_at",
        0.9,
        rf"(?:order|actual)?(?:shipped|shipment|ship|dispatch|dispatched|consign|consigned|deliveredcarrier|fulfilled|fulfilment|fulfillment){_WHEN}",
        "estimated|latest",
    ),
    family(
        "finished_at",
        0.85,
        rf"(?:order|trade)?(?:completed|completion|finished|finish|closed|end|received|confirmed|deliveredcustomer){_WHEN}",
    ),
    family(
        "platform_updated_at",
        0.88,
        rf"(?:order|trade|last)*(?:updated|update|modified|modification|changed){_WHEN}?",
        "^update$",
    ),
    family(
        "paid_fen",
        0.88,
        r"(?:total|order|buyer|customer|actual|actually|amount)*(?:paid|payment|pay)(?:amount|total|price|fee|value|fen|yuan|cny)|(?:amount|total|actual|actually)(?:paid|pay|payment)(?:fen|yuan)?",
        "refund|type|method|discount|shipping|post",
    ),
    family(
        "goods_fen",
        0.85,
        r"(?:goods|items?|products?|merchandise)(?:total|amount|subtotal|value|totalprice|totalamount)(?:fen|yuan)?",
        "paid",
    ),
    family(
        "discount_fen",
        0.85,
        r"(?:total|order)?(?:discounts?|promotion)(?:amount|total|fee|value)(?:fen|yuan)?",
        "seller|platform|shop|line|item",
    ),
    family(
        "shipping_fen",
        0.9,
        r"(?:order|total)?(?:shipping|freight|postage|delivery|post|shipment)(?:fee|cost|price|amount|charge|charges|total|value)(?:fen|yuan)?",
        "insurance|discount|promotion|origin",
    ),
    family(
        "unit_price_fen",
        0.9,
        r"(?:item|unit|product|goods|sku|line|selling|sale|sales|lineitem)(?:unit)?(?:price)(?:fen|yuan)?|priceperunit|priceeach",
        "original|list|total",
    ),
    family(
        "line_paid_fen",
        0.85,
        r"(?:line|item|lineitem|sku|suborder)(?:paid|payment|pay|actualpaid)(?:amount|total|price|fee)?(?:fen|yuan)?",
    ),
    family(
        "qty",
        0.9,
        r"(?:item|product|goods|order|ordered|purchase|purchased|sku|line|lineitem|units?)*(?:qty|quantity|units|quantities|pieces|pcs|quantitypurchased|quantityordered)(?:ordered|purchased|sold)?",
        "stock|refund|return|total",
    ),
    family(
        "sku",
        0.88,
        r"(?:seller|merchant|outer|external|item|product|variant|lineitem|custom|vendor|shop)*(?:sku|skucode|skuno|skunumber|stockcode|articleno|articlenumber|itemcode|productcode|partnumber)",
        "skuid",
    ),
    family("barcode", 0.9, r"(?:item|product|sku|goods)?(?:barcode|ean|ean13|upc|gtin)(?:code|no)?"),
    family("title", 0.88, r"(?:item|product|goods|sku|lineitem|listing|article)(?:s)?(?:name|title|description|desc)"),
    family(
        "spec",
        0.85,
        r"(?:item|product|goods|sku)?(?:spec|specs|specification|variant|variation|options?|properties)(?:name|title|value)?",
    ),
    family("spu", 0.85, r"(?:product|goods|spu|listing|ware|item)(?:id|no)"),
    family(
        "recipient",
        0.9,
        r"(?:receiver|recipient|consignee|shippingcontact|shipto|shipping|deliverycontact)(?:full)?(?:name)|recipient|consignee",
        "company",
    ),
    family("buyer_name", 0.85, r"(?:buyer|customer|user|member)(?:nick|name|nickname|username|account|fullname|login)"),
    family("buyer_id", 0.88, r"(?:buyer|customer|user|member|client)(?:id|no|uid|openid|number|key)"),
    family(
        "phone",
        0.9,
        rf"{_TO}*(?:contact)?(?:phone|mobile|tel|telephone|cell|cellphone|mobilephone)(?:no|number|num)?",
        "seller|courier",
    ),
    family("province", 0.9, rf"{_TO}*(?:province|state)(?:name)?", "^state$|trade|order"),
    family("city", 0.9, rf"{_TO}*(?:city|towncity)(?:name)?"),
    family("district", 0.85, rf"{_TO}*(?:district|county|borough)(?:name)?"),
    family(
        "address",
        0.88,
        rf"(?:{_TO}|full|detailed|detail|street)*(?:address|addr)(?:detail|details|line1|1|full)?",
        "ip|email|change|id|billing|mail",
    ),
    family(
        "buyer_note",
        0.88,
        r"(?:buyer|customer|user|client)(?:note|notes|message|memo|remark|remarks|comment|comments|words)",
    ),
    family(
        "seller_note",
        0.88,
        r"(?:seller|merchant|vendor|vender|shop|internal|staff|cs)(?:note|notes|memo|remark|remarks|comment|comments|words)",
    ),
    family(
        "courier",
        0.88,
        r"(?:shipping|logistics|express|delivery|courier|carrier|freight)(?:company|carrier|provider|companyname|name|partner)",
        "service",
    ),
    family(
        "tracking_no",
        0.9,
        r"(?:shipping|logistics|express|delivery|courier|carrier|waybill|tracking|shipment|parcel)(?:tracking|waybill)?(?:no|number|id|code|num|billno)",
        "company|product",
    ),
    family("warehouse", 0.88, r"(?:ship|shipping|source|fulfil?ment|from|out)*warehouse(?:name|code)?", "id$"),
    family("is_presale", 0.85, r"(?:is)?pre(?:sale|sell|order)(?:flag)?"),
    family("is_gift", 0.85, r"(?:is)?(?:free)?gift(?:flag)?|isgiftitem"),
    family("ip", 0.9, r"(?:buyer|client|customer|user|order|remote)?ip(?:address|addr)?"),
    family(
        "account_registered_at",
        0.88,
        rf"(?:account|user|buyer|customer|member)*(?:registered|registration|register|signup|signedup|joined|accountcreated){_WHEN}",
    ),
    family("currency", 0.9, r"(?:order|payment|price)?currency(?:code|iso)?"),
    family("refund_no", 0.9, r"(?:refund|aftersales?|return)(?:order|request)?(?:id|no|number|sn)"),
)
