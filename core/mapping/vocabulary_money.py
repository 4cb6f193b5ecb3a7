"""Words of amounts. A wrong amount is worse than none: what is not plainly one thing has a reason here to stay unmapped.

Amount paid = what the buyer really paid for the order (data facts, quirk 5). "Payable" counts as paid only where the file
has no column of payments. A bare "amount", "total" or "order amount" is never suggested.
"""

from core.i18n import N_
from core.mapping.vocabulary import Family, family

MONEY_WORDS: dict[str, str] = {
    "paid_fen": "买家实际支付金额 买家实付金额 用户实付金额 订单实际支付金额 订单实付金额 实际支付金额 实付金额 实付款 实付 payment payamount paidamount "
    "actualpay amountpaid paymentamount totalpaid paidprice paidtotal orderprice",
    "goods_fen": "商品总价 商品总金额 商品金额 商品总额 买家应付货款 货品总价 宝贝总价 货款 货款金额 goodsamount goodstotal productprice ordertotalprice "
    "totalfee subtotal itemstotal",
    "discount_fen": "优惠总金额 优惠金额 订单优惠金额 总优惠金额 优惠总额 订单优惠 折扣金额 总优惠 discountfee discountamount totaldiscount promotionamount "
    "discountedprice sellerdiscount discount",
    "shipping_fen": "运费 邮费 运费金额 订单运费 买家应付邮费 快递费 配送费 应付邮费 freightprice postfee postamount postage freight shippingfee "
    "shippingamount shippingprice shippingcost shipping deliveryfee",
    "unit_price_fen": "商品单价 单价 商品价格单件 京东价 成交单价 成交价 销售单价 售价 价格 unitprice saleprice originamount jdprice goodsprice "
    "itemprice lineitemprice price",
    "line_paid_fen": "商品实付金额 商品实付 商品实际价格总共 子订单实付金额 子订单实付 行实付 分摊金额 实付分摊金额 divideorderfee realprice linepaid "
    "linepaidamount itempaidamount linetotalpaid",
    "refund_fen": "退款金额 退款总金额 买家退款金额 申请退款金额 refundfee refundamount refundfen applyrefundsum refundtotal",
}

_BUYER = r"(?:买家|用户|客户|顾客|消费者|会员|付款人)"
_SUM = r"(?:金额|总金额|总额|款项|价款|款|总价|价格|数额|费用|合计)"
_PART = r"退|积分|余额|支付宝|商家|卖家|平台|运费|邮费|优惠|定金|尾款|手续|税|货款|邮|红包|券|补贴|结算|商品|单品|子订单|明细|分摊|佣金|打款|返|保险|赔"

MONEY_FAMILIES: tuple[Family, ...] = (
    family(
        "paid_fen",
        0.95,
        rf"(?:主?订单|交易|{_BUYER})*(?:实付|实际支付|实际付款|实际已付|实支付|实际付)(?:的)?{_SUM}?(?:总计)?(?:含运费|含邮费)?",
        _PART.replace("|运费|邮费", "").replace("|邮", ""),
    ),
    family("paid_fen", 0.88, rf"(?:主?订单|交易|{_BUYER})*(?:已支付|已付|支付|付款)(?:的)?{_SUM}(?:总计)?", _PART),
    family(
        "goods_fen",
        0.86,
        r"(?:订单)?(?:商品|货品|宝贝|产品|货物)(?:的)?(?:总|合计)?(?:金额|总金额|总额|总价|价款|货款|货值)(?:合计)?|(?:买家|用户)?应付货款|货款(?:金额|总额|合计)",
        "退|实|优惠|折|单价|分摊|含",
    ),
    family(
        "discount_fen",
        0.86,
        r"(?:订单)?(?:总|合计)?(?:优惠|折扣|减免)(?:的)?(?:总金额|总额|金额|合计|总计)",
        "商家|平台|店铺|达人|支付|跨店|单件|红包",
    ),
    family(
        "shipping_fen",
        0.93,
        r"(?:买家|订单|用户|客户)?(?:应付|实付|支付|实际)?(?:的)?(?:运费|邮费|快递费|配送费|物流费|邮资|运输费|快递运费)(?:用)?(?:金额|总额)?",
        "险|优惠|平均|补贴|成本|到付|退",
    ),
    family(
        "unit_price_fen",
        0.9,
        r"(?:商品|货品|宝贝|产品|销售|成交|购买|sku|单品|实际)*(?:单价|售价|销售价|单件价格|价格单件|成交价)(?:格)?",
        "原|吊牌|成本|市场|进货|采购|总",
    ),
    family(
        "line_paid_fen",
        0.9,
        r"(?:商品|单品|子订单|行|明细|货品|宝贝|sku)(?:的)?(?:实付|实际支付|实际付款|支付|成交|实际价格?)(?:分摊)?(?:总)?(?:金额|总额|小计|总共|总价|款)?|(?:实付|支付|订单)?分摊(?:后)?(?:实付)?(?:金额|总额|总价|价格)",
        "优惠|折|退|运费|邮|单价|单件|原",
    ),
    family(
        "refund_fen", 0.9, r"(?:买家|申请|实际|订单)?(?:退款|退货退款)(?:的)?(?:总)?(?:金额|总额|款项)", "状态|邮|运费"
    ),
)

# "Payable" is the paid amount of files that have no better column (JD, Doudian); a courier's bill has it too, so it
# counts only beside an order number.
PAYABLE = family(
    "paid_fen",
    0.8,
    rf"(?:订单|{_BUYER})*(?:应付|应支付)(?:的)?(?:金额|总金额|总额|款|款项)?|orderpayment|shouldpay|payableamount|amountpayable|orderpayable",
    "货款|邮|运|商家|平台",
)

UNCLEAR: tuple[tuple[str, str], ...] = (
    (
        r"(?:订单|交易)?(?:总)?金额|(?:订单|交易)?总(?:金额|额|价|计)|合计(?:金额)?|金额合计|订单价格|(?:order)?(?:total)?amount|(?:order|grand)?total(?:price|amount)?|orderamount|ordertotal|amount|sum|value|ordervalue|ordersellerprice",
        N_("It may be goods, payable or paid: choose it yourself."),
    ),
    (r".*(?:退款|退货|退还|赔付|赔偿|refund|compensat).*", N_("An amount of a refund is no amount of the order.")),
    (
        r".*(?:实收|收款|结算|打款|到账|入账|received|settle|payout|income).*",
        N_("This is what the seller receives, not what the buyer paid."),
    ),
    (
        r".*(?:积分|余额|红包|优惠券|卡券|集分宝|返点|point|balance|coupon|voucher).*",
        N_("This is a part of the payment, not the amount paid."),
    ),
    (
        r".*(?:商家|平台|达人|店铺|支付|跨店|talent|platform|shop|redpack).*(?:优惠|补贴|promotion|discount|cost).*",
        N_("This is a part of the discount."),
    ),
    (
        r".*(?:原价|吊牌|成本|市场价|进价|采购价|cost|msrp|listprice|originalprice).*",
        N_("This is a list or cost price, not the price paid."),
    ),
    (
        r".*(?:服务费|手续费|佣金|保险|险费|税|commission|insurance|tax|fee)$",
        N_("This is a fee, not an amount of the order's goods."),
    ),
)
