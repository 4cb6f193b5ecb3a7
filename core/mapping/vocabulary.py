"""The words headers are made of: exact names per field, then families of names, Chinese and English.

An exact name is compared after `base`: half-width, lower case, no blanks or punctuation, unit brackets removed.
The names are those of real exports and API fields (Taobao, JD, Doudian, Pinduoduo, WeChat, WMS, courier bills, English
shop exports). A family is a pattern over the base that also catches names never seen; its guard names what it must not
catch. Amounts stand in `vocabulary_money`, English families in `vocabulary_english`.
"""

import re
from dataclasses import dataclass
from functools import cache

from core.mapping.fold import fold

_UNIT = re.compile(
    r"[(\[【](元|分|rmb|cny|¥|人民币|yuan|fen|件|个|g|克|kg|千克|公斤|单位[:：]?[元分克件])[)\]】]|[/_](元|fen|yuan)$"
)
_AMOUNT_UNIT = re.compile(
    r"(amount|price|fee|paid|payment|total|cost|discount|postage|freight)(?:in)?(?:fen|cents?|yuan|cny|rmb)$"
)
_LONG_BRACKET = re.compile(r"\([^)]{7,}\)")
_PUNCTUATION = re.compile(r"[\s_\-—–.:：·•*#'\"“”‘’,，、/\\()\[\]【】<>《》|&?？!！;；+~`^$@]+")


@dataclass(frozen=True, slots=True)
class Family:
    """A pattern a base must match wholly, with its confidence; `guard` forbids."""

    target: str
    pattern: re.Pattern[str]
    confidence: float
    guard: re.Pattern[str] | None = None


def family(target: str, confidence: float, pattern: str, guard: str = "") -> Family:
    """One family from its texts."""
    return Family(target, re.compile(pattern), confidence, re.compile(guard) if guard else None)


def unit_of(header: str) -> str:
    """The unit a header states: "yuan", "fen", "g", "kg" or "" when it states none."""
    if re.search(r"[a-z](?:Fen|Cents?)$", header.strip()):
        return "fen"
    text = fold(header)
    if re.search(r"[(\[【](单位[:：]?)?(元|rmb|cny|¥|人民币|yuan)[)\]】]|[/_](元|yuan)$|元$", text):
        return "yuan"
    if re.search(r"[(\[【](单位[:：]?)?(分|fen|cents?)[)\]】]|[/_](分|fen|cents?)$|(金额|价|费|款)分$", text):
        return "fen"
    if re.search(r"[(\[【](单位[:：]?)?(kg|千克|公斤)[)\]】]|_kg$|kilograms?", text):
        return "kg"
    return "g" if re.search(r"[(\[【](单位[:：]?)?(g|克)[)\]】]|_g$|grams?$", text) else ""


@cache
def base(header: str) -> str:
    """The form of a header that is compared with the vocabulary."""
    text = _PUNCTUATION.sub("", _LONG_BRACKET.sub("", _UNIT.sub("", fold(header))))
    return _AMOUNT_UNIT.sub(r"\1", text)


# target -> exact names, best first: an earlier name wins over a later one in the same file.
WORDS: dict[str, str] = {
    "platform_no": "主订单编号 主订单号 父订单号 平台订单号 平台单号 原始单号 原始订单号 线上订单号 网店订单号 订单编号 订单号 订单id "
    "订单流水号 交易编号 交易订单号 单号 tidstr tid parentorderid ordersn orderid orderno ordernumber ordercode platformorderid "
    "platformorderno tradeid tradeno shoporderid amazonorderid orderref orderreference invoiceno invoicenumber",
    "line_no": "子订单编号 子订单号 子订单id 子单号 订单明细编号 明细编号 订单行号 行号 oidstr oid suborderid suborderno orderitemid "
    "orderlineid orderlineno lineitemid lineid lineno linenumber skuorderid childorderid orderdetailid",
    "status": "订单状态 主订单状态 交易状态 订单当前状态 状态 orderstate orderstatus tradestatus status state",
    "ordered_at": "下单时间 订单创建时间 订单下单时间 订单提交时间 拍下时间 创建时间 订单成交时间 成交时间 下单日期 订单日期 订单时间 created createtime "
    "createdtime createdat orderedat ordertime orderdate orderstarttime orderpurchasetimestamp invoicedate purchasedate ordercreatetime",
    "paid_at": "付款时间 订单付款时间 支付时间 支付完成时间 付款确认时间 付款日期 paytime paidat paymenttime paymentconfirmtime "
    "orderapprovedat paidtime paymentdate payinfopaytime paydate",
    "ship_by": "承诺发货时间 最晚发货时间 最迟发货时间 发货截止时间 expshiptime lastshiptime shipby latestshipdate shippinglimitdate shipdeadline",
    "deliver_on": "预约送达时间 预约配送时间 期望送达时间 定时发货时间 指定送达日期 deliveron deliverydate",
    "shipped_at": "发货时间 订单发货时间 出库时间 shiptime shippedat consigntime shippingtime shipdonetime orderdeliveredcarrierdate dispatchedat "
    "shipdate shippeddate dispatchtime",
    "finished_at": "订单完成时间 确认收货时间 订单确认收货时间 完成时间 交易成功时间 交易完成时间 交易结束时间 endtime finishtime finishedat orderendtime "
    "completedat receivetime orderdeliveredcustomerdate completiondate finishdate",
    "platform_updated_at": "更新时间 修改时间 订单更新时间 最后更新时间 最近修改时间 modified updatetime updatedat updatedtime lastmodified",
    "currency": "币种 货币 交易币种 currency currencycode",
    "buyer_id": "买家id 用户id 会员id 客户编号 会员编号 买家openid buyeropenuid doudianopenid openidbuyer openid xidbuyer customerid userid buyerid",
    "buyer_name": "买家会员名 买家昵称 买家旺旺 旺旺号 客户网名 下单帐号 下单账号 买家账号 会员名 会员昵称 用户昵称 客户昵称 买家 buyernick pin "
    "buyername nickname customername buyerusername",
    "recipient": "收货人姓名 收件人姓名 收货人 收件人 收货姓名 收件姓名 客户姓名 联系人 联系人姓名 receivername recipientname recipient consignee "
    "consigneename receiver shippingname username fullname shiptoname",
    "phone": "收件人手机号 收货人手机号 收件人手机 收货人手机 联系手机 收货手机 手机号 手机号码 手机 收件人电话 收货人电话 联系电话 电话 receivermobile "
    "receiverphone mobile mobilephone phone phonenumber telnumber shippingphone recipientphone consigneemobile",
    "province": "收货省份 收货省 收件省 省份 省 目的地省 receiverstate receiverprovince provincename province shippingprovince customerstate "
    "shippingstate shipstate state",
    "city": "收货城市 收货市 收件市 城市 市 目的地市 receivercity cityname city customercity shippingcity shipcity",
    "district": "收货区县 收货区 收件区 区县 县区 区 receiverdistrict countyname county district town districtname",
    "address": "收货地址 收件人地址 收货人地址 详细地址 收件地址 客户地址 地址 receiveraddress fulladdress detailinfo addressdetail address "
    "shippingaddress shippingaddress1 shipaddress deliveryaddress recipientaddress streetaddress",
    "buyer_note": "买家留言 主订单买家留言 买家备注 客户留言 用户留言 客户备注 用户备注 顾客留言 buyermessage buyermemo buyerwords orderremark "
    "customernotes customernote buyernote buyerremark customermessage",
    "seller_note": "商家备注 卖家备注 客服备注 店铺备注 sellermemo venderremark sellerwords merchantnotes sellernote sellerremark remark",
    "flag": "旗帜颜色 插旗颜色 插旗 卖家旗帜 打标颜色 商家备注等级 旗帜 sellerflag sellerremarkstars remarktag flag",
    "ip": "ip ip地址 买家ip 下单ip clientip buyerip ipaddress",
    "account_registered_at": "注册时间 账号注册时间 会员注册时间 signuptime registeredat accountregisteredat accountcreatedat registertime",
    "courier": "物流公司 快递公司 承运商 快递名称 物流名称 logisticscompany logisticscompanyname companyname courier carrier expresscompany "
    "shippingcompany shippingcarrier deliveryname",
    "tracking_no": "物流单号 快递单号 运单号 运单号码 运单编号 物流编号 快递运单号 trackingno trackingnumber waybill waybillid waybillno "
    "expressno expressnumber logisticsno trackingid",
    "warehouse": "发货仓库 仓库名称 仓库 发货仓 warehouse warehousename shipfromwarehouse",
    "is_presale": "是否预售 是否预售订单 预售 ispresale presale",
    "merge_key": "openaddressid oaid hashcode 合单标识",
    "refund_status": "退款状态 售后状态 退款售后状态 refundstatus aftersalesstatus aftersalestatus",
    "sku": "商家sku编码 sku编码自定义 商家编码规格维度 规格商家编码 规格编码 sku编码 商家编码 外部系统编号 货号 商品编码自定义 商家商品编码 货品编码 商品编码 sku "
    "outerskuid skucode merchantsku sellersku outerid outeriid stockcode itemsku lineitemsku productsku sellerskucode code",
    "barcode": "条形码 商品条码 商品条形码 条码 商品69码 69码 国际条码 barcode ean ean13 upc gtin",
    "title": "商品名称 商品标题 宝贝标题 宝贝名称 选购商品 商品 货品名称 标题 产品名称 品名 title productname goodsname skuname itemname "
    "lineitemname producttitle itemtitle description productdescription",
    "spec": "商品规格 商品属性 规格名称 规格 销售属性 颜色尺码 规格属性 skupropertiesname goodsspec spec skuspec variant variation "
    "varianttitle specification lineitemvariant",
    "qty": "购买数量 商品数量 订购数量 货品数量 数量 购买件数 商品件数 件数 销售数量 qty quantity goodscount itemnum itemtotal skucnt num "
    "itemcount lineitemquantity quantitypurchased itemqty count",
    "is_gift": "是否赠品 是否为赠品 赠品标识 isgift isfreegift",
    "spu": "商品id 宝贝id 商品编码平台 商品编号 产品id 货品编号 spu spuid spu编码 numiid productid goodsid wareid",
    "weight_g": "商品重量 货品重量 单品重量 weightg productweightg grams",
    "refund_no": "退款编号 退款单号 售后编号 售后单号 售后申请编号 refundid refundno aftersaleid aftersaleorderid",
    "refund_requested_at": "退款申请时间 申请时间 售后申请时间 退款的申请时间 applytime applyat refundapplytime",
    "refund_updated_at": "退款完结时间 退款更新时间 售后更新时间 checktime",
    "refund_type": "退款类型 售后类型 refundtype aftersaletype aftersalestype",
    "reason": "退款原因 买家退款原因 售后原因 申请原因 reason reasontext refundreason",
}

_ORDER = r"(?:订单|订货单|销售订单|销售单|单据|单)"
_NO = r"(?:编号|编码|号码|单号|号|id|流水号|标识|no)"
_WHEN = r"(?:的?时间|的?日期|时刻|时间戳)"
_PERSON = r"(?:收货人|收件人|收货方|收件方|收货|收件|客户|顾客|买家|用户|会员|联系人|联系|收方|送货|配送)"
_OTHERS = r"寄|发件|发货人|退|商家|卖家|员|备用|固话|座机|修改|是否|原因|类型|方式|时段|店|仓|门店"
_NOT_ORDER = r"子|支付|付款|物流|快递|运单|出库|仓储|退|售后|采购|发票|清关|分拣|拣货|团|礼物|批次|充值|结算|包裹|面单|数量|交易单号|关联|合同|备注|配送"

FAMILIES: tuple[Family, ...] = (
    family(
        "platform_no",
        0.93,
        rf"(?:主|父|母|平台|线上|网上|网店|电商|商城|店铺|原始|原|来源|外部|第三方|渠道|买家|客户|交易|销售|淘宝|天猫|京东|抖音|抖店|拼多多|微信|快手|小红书|有赞|阿里)*{_ORDER}{_NO}",
        _NOT_ORDER,
    ),
    family(
        "line_no",
        0.93,
        rf"子(?:交易)?{_ORDER}?{_NO}|(?:{_ORDER}|商品)?(?:明细|行)(?:{_NO}|序号)|(?:{_ORDER})?子项{_NO}",
    ),
    family(
        "status",
        0.93,
        r"(?:主?订单|交易|单据|网店|平台)(?:当前|最新|的)?(?:状态|进度|状况)(?:名称|描述|说明)?|当前状态",
    ),
    family(
        "refund_status",
        0.9,
        r"(?:商品|订单)?(?:退款|售后|退货|退换货|退款退货|退货退款)(?:/?售后)?(?:状态|情况|进度|状况)|商品售后",
    ),
    family(
        "ordered_at",
        0.92,
        rf"(?:订单|交易|买家|用户|客户|顾客)*(?:下单|创建|提交|拍下|生成|成交|订购|购买|产生|建立|拍单|开单){_ORDER}?{_WHEN}|(?:订单|交易){_WHEN}",
        r"支付单|发票|赠",
    ),
    family(
        "paid_at",
        0.93,
        rf"(?:订单|交易|买家|用户|客户|顾客)*(?:付款|支付|付费|缴费|付清)(?:成功|完成|确认|到账)?{_WHEN}",
        "退|定金|尾款|截止|最晚",
    ),
    family(
        "ship_by",
        0.9,
        rf"(?:订单)?(?:承诺|最晚|最迟|应|截止|限定|要求|约定|最后|预计)发货(?:截止)?(?:{_WHEN}|期限|时限)|发货(?:截止|最晚|期限)(?:{_WHEN})?|发货时限",
    ),
    family("deliver_on", 0.85, rf"(?:预约|期望|要求|指定|约定|定时)(?:送达|配送|送货|到货|收货|派送)的?(?:{_WHEN})"),
    family(
        "shipped_at",
        0.92,
        rf"(?:订单|商品|物流|卖家|商家|实际|仓库|快递)*(?:发货|出库|寄出|发出)(?:完成|成功)?{_WHEN}",
        "预|承诺|最晚|建议|要求|退",
    ),
    family(
        "finished_at",
        0.9,
        rf"(?:订单|交易|买家|用户)*(?:完成|完结|结束|成功|确认收货|收货|签收|结单)(?:完成|成功)?{_WHEN}",
        "退|支付|付款|发货|结算|审核",
    ),
    family(
        "platform_updated_at",
        0.88,
        rf"(?:订单|平台|最后|最近|最新|末次|数据)*(?:更新|修改|变更|变动){_WHEN}",
        "地址|价格|备注|退|售后",
    ),
    family("account_registered_at", 0.9, rf"(?:买家|用户|客户|会员|顾客)?(?:账号|账户|帐号)?(?:注册|开户){_WHEN}"),
    family("buyer_id", 0.85, r"(?:买家|用户|客户|会员|消费者|顾客)(?:id|编号|编码|openid|uid|标识|唯一标识)"),
    family(
        "buyer_name",
        0.88,
        r"(?:买家|客户|会员|用户|顾客|下单|拍下|淘宝|消费者)(?:会员名|昵称|旺旺|账号|帐号|账户|用户名|名称|网名|旺旺号|会员昵称|旺旺名|旺旺昵称)",
    ),
    family(
        "recipient",
        0.93,
        rf"{_PERSON}*(?:姓名|名字)|(?:收货|收件|联系)人(?:名称|名)?|收货联系人(?:姓名)?",
        _OTHERS + "|昵称",
    ),
    family(
        "phone",
        0.93,
        rf"{_PERSON}*(?:的)?(?:手机号?码?|电话(?:号码)?|联系电话|联系方式|联系手机|移动电话|手机电话|手机/?电话)",
        _OTHERS.replace("|方式", "") + "|购买|注册|充值|备注|支付方式|付款方式",
    ),
    family("address", 0.92, rf"(?:{_PERSON}|完整|详细)*(?:详细地址|地址|住址|地址详情|街道地址)", _OTHERS + "|ip|网址"),
    family(
        "province",
        0.93,
        r"(?:收货人?|收件人?|客户|买家|所在|目的地?|收方|配送|送货)*(?:省|省份|省/?直辖市|省市自治区)(?:名称)?",
    ),
    family(
        "city",
        0.93,
        r"(?:收货人?|收件人?|客户|买家|所在|目的地?|收方|配送|送货)*(?:市|城市|地级市|地市|市级|市州)(?:名称)?",
    ),
    family(
        "district",
        0.93,
        r"(?:收货人?|收件人?|客户|买家|所在|目的地?|收方|配送|送货)*(?:区|县|区县|县区|县市|区县市|县市区|行政区)(?:名称)?",
    ),
    family(
        "buyer_note",
        0.92,
        r"(?:主?订单)?(?:买家|客户|用户|顾客|消费者|会员|收货人)(?:的)?(?:留言|备注|备忘|附言|说明|嘱咐|要求)(?:内容|信息)?|留言|订单留言|买家的话",
    ),
    family(
        "seller_note",
        0.92,
        r"(?:订单)?(?:商家|卖家|客服|店铺|内部|商户|店家|运营|掌柜)(?:的)?(?:备注|备忘|留言|说明|批注)(?:内容|信息)?",
        "等级|旗|标签",
    ),
    family(
        "flag", 0.85, r"(?:卖家|商家|订单|备注)?(?:插旗|旗帜|旗子|小旗|标旗|打标|旗标)(?:颜色|标记|标识|备注|种类)?"
    ),
    family(
        "courier",
        0.93,
        r"(?:发货|实际)?(?:物流|快递|承运|配送|运输|货运)(?:公司|商|服务商|公司名称|企业|方|名称|承运商)",
    ),
    family(
        "tracking_no",
        0.93,
        r"(?:发货|实际)?(?:物流|快递|货运|快件|面单|快递运单|物流运单|邮寄|承运|电子面单|运)(?:单号|编号|号|号码|单编号|单号码|运单号|跟踪号|追踪号)",
    ),
    family("warehouse", 0.9, r"(?:发货|出库|所属|配送|实际|指定)(?:仓库|仓)(?:名称|名)?|仓库名"),
    family("is_presale", 0.85, r"(?:是否)?(?:为)?预售(?:订单|商品)?(?:标识|标记)?"),
    family("is_gift", 0.85, r"是否(?:为|是)?赠品|赠品(?:标识|标记)"),
    family(
        "sku",
        0.86,
        r"(?:商家|卖家|店铺|外部|自定义|自有)*(?:商家|商品|货品|规格|sku|款式|单品|产品)*(?:sku|skuid|编码|货号|代码|编号)(?:自定义|规格维度)?",
        r"^(?:商品|货品|产品)(?:编号|sku)?$|平台|条|分类|类目|店铺编|仓|商品维度|^编[码号]$|^代码$|^店铺|skuid$",
    ),
    family("barcode", 0.93, r"(?:商品|货品|产品|国际|sku|国标|单品|规格)*(?:条形码|条码|69码|国标码)(?:编号)?"),
    family(
        "title",
        0.93,
        r"(?:商品|宝贝|货品|产品|物品|货物|sku|单品|选购商品)(?:名称|标题|名|全称|名字|全名|描述)",
        "简称|类",
    ),
    family(
        "spec",
        0.88,
        r"(?:商品|货品|宝贝|产品|sku|销售|购买|单品)?(?:规格|属性|规格名称|规格型号|规格属性|颜色尺码|款式|颜色分类|颜色规格|颜色尺寸|规格值|属性值|规格描述)",
        "自定义|箱",
    ),
    family(
        "qty",
        0.93,
        r"(?:商品|货品|宝贝|产品|购买|订购|销售|下单|成交|sku|发货|出库|单品|实发)*(?:数量|件数|个数|份数|购买数)",
        "总|赠|退|包裹|种类|库存|箱|^发货数量$|^出库数量$",
    ),
    family("spu", 0.85, r"(?:平台)?(?:商品|宝贝|产品|货品)(?:id|数字id|编码平台|平台id)|(?:平台)?spu(?:id|编码|编号)?"),
    family("weight_g", 0.8, r"(?:商品|货品|单品|产品|sku)?(?:净|毛)?重量?", "总|实际|预估|结算|计费"),
    family("refund_no", 0.93, rf"(?:退款|售后|退货|退换货)(?:申请)?(?:单)?{_NO}"),
    family("refund_requested_at", 0.9, rf"(?:退款|售后|退货)(?:的)?申请{_WHEN}"),
    family("reason", 0.88, r"(?:买家)?(?:退款|售后|退货|申请)(?:的)?原因"),
)

# What happened, without saying "time" or "amount": only the values tell which of the two the column holds.
_EVENTS = {
    "ordered_at": "下单|拍下|拍单|创建|提交|成交|ordered|placed",
    "paid_at": "付款|支付|已付款|已支付|paid",
    "shipped_at": "发货|已发货|出库|shipped|dispatched",
    "finished_at": "完成|确认收货|交易完成|completed|finished",
    "platform_updated_at": "更新|修改|updated",
}
_SUBJECT = "(?:订单|交易|买家|用户|客户|order)?"


def bare_event(header: str) -> str:
    """The time a header like 付款 means where its values are times; empty for any other header."""
    text = base(header)
    return next((target for target, words in _EVENTS.items() if re.fullmatch(f"{_SUBJECT}(?:{words})", text)), "")
