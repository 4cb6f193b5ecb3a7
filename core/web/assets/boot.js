// What Streamlit 1.67 lacks. It has no catalogue for its own words: for readers of Chinese they are translated as they
// appear, and given back when the reader switches to English. And the Tab key out of a password stops at the eye beside it,
// where Streamlit forgets what was typed: the eye leaves the order of Tab.
(() => {
  const WORDS = {
    "Choose an option": "请选择", "Choose options": "请选择", "Select an option": "请选择", "No options to select": "没有可选项",
    "No results": "无结果", "Browse files": "选择文件", "Browse directories": "选择文件夹", "Upload": "上传", "Uploading...": "上传中…",
    "Drag and drop file here": "将文件拖到此处", "Drag and drop files here": "将文件拖到此处",
    "Drag and drop directories here": "将文件夹拖到此处", "Page not found": "页面不存在或无权访问",
    "Loading...": "加载中…", "Clear selection": "清除选择", "Clear all": "全部清除", "Clear value": "清除",
    "Press Enter to apply": "按回车生效", "Press Enter to submit form": "按回车提交", "Press Ctrl+Enter to apply": "按 Ctrl+回车生效",
    "Press ⌘+Enter to apply": "按 ⌘+回车生效", "Required": "必填", "Sort ascending": "升序", "Sort descending": "降序",
    "Pin column": "固定列", "Unpin column": "取消固定", "Hide column": "隐藏列", "Autosize": "自动列宽", "Format": "格式",
    "Statistics": "统计", "Search": "搜索", "Type to search": "输入以搜索", "Next Result": "下一个", "Previous Result": "上一个",
    "Close Search": "关闭搜索", "Download as CSV": "下载为 CSV", "Fullscreen": "全屏", "View fullscreen": "全屏查看", "Close fullscreen": "退出全屏",
    "Exit fullscreen": "退出全屏", "Show/hide columns": "显示/隐藏列", "Add row": "新增一行", "Delete row(s)": "删除所选行", "empty": "空",
    "Copy to clipboard": "复制", "Copied": "已复制", "Close": "关闭", "Cancel": "取消", "Settings": "设置", "Print": "打印", "Rerun": "重新运行",
    "Clear cache": "清除缓存", "Record a screencast": "录制屏幕", "About": "关于", "Main menu": "主菜单", "Open sidebar": "展开菜单",
    "Close sidebar": "收起菜单", "More": "更多", "View more": "查看更多", "View less": "收起", "Show password text": "显示密码", "Hide password text": "隐藏密码",
    "Connecting": "连接中…", "Connection error": "连接中断", "Running...": "运行中…", "Stop": "停止", "Try again": "重试", "Dismiss": "忽略",
    "Wide mode": "宽屏模式", "Theme": "主题", "Light": "浅色", "Dark": "深色", "Use system setting": "跟随系统", "Appearance": "外观",
    "Automatic": "自动", "Localized": "本地格式", "Plain": "普通", "Compact": "紧凑", "Dollar": "美元", "Euro": "欧元", "Yen": "日元",
    "Percent": "百分比", "Scientific": "科学计数", "Accounting": "会计", "Distance": "距今", "Calendar": "日历",
    "Please wait...": "请稍候…", "Your app is having trouble loading.": "页面加载遇到问题。", "Select all": "全选", "Deselect all": "取消全选",
    "Previous page": "上一页", "Next page": "下一页", "Previous": "上一页", "Next": "下一页",
  };
  const PATTERNS = [
    [/^(\d+(?:\.\d+)?[KMG]B) per file(?: • (.*))?$/, (all, size, kinds) => `单个文件不超过 ${size}` + (kinds ? `,${kinds}` : "")],
    [/^Limit (\S+) per file(?: • (.*))?$/, (all, size, kinds) => `单个文件不超过 ${size}` + (kinds ? `,${kinds}` : "")],
    [/^Showing page (\d+) of (\d+)$/, (all, page, pages) => `第 ${page} / ${pages} 页`],
    [/^Add "(.*)"$/, (all, word) => `添加“${word}”`],
    [/^Add: (.*)$/, (all, word) => `添加:${word}`],
    [/^The page that you have requested does not seem to exist.*$/, () => "您访问的页面不存在或当前角色无权访问，已回到首页。"],
    [/^You can only select up to (\d+) options?.*$/, (all, most) => `最多选择 ${most} 项,请先移除一项。`],
    [/^(.*) files are not allowed\.$/, (all, kind) => `不支持 ${kind} 文件。`],
    [/^File must be (.*) or smaller\.$/, (all, size) => `文件不能超过 ${size}。`],
  ];
  const OWN = "[data-testid=stMarkdownContainer],[data-testid=stText],[data-testid=stCode],script,style,textarea,code";
  const translated = (text) => {
    const plain = text.trim();
    if (!plain || plain.length > 200) return null;
    if (Object.hasOwn(WORDS, plain)) return text.replace(plain, WORDS[plain]);
    for (const [pattern, words] of PATTERNS) if (pattern.test(plain)) return plain.replace(pattern, words);
    return null;
  };
  const NAMES = ["aria-label", "placeholder", "title"];
  const before = new WeakMap();  // node -> what Streamlit had written into its text or attributes, by name
  let speaks = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
  const keep = (node, name, was, is) => before.set(node, { ...before.get(node), [name]: { was, is } });
  const translate = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      if (!node.parentElement || node.parentElement.closest(OWN)) return;
      const words = translated(node.data), was = node.data;
      if (words !== null && words !== was) { node.data = words; keep(node, "", was, words); }
    } else if (node.nodeType === Node.ELEMENT_NODE) {
      for (const name of NAMES) {
        const was = node.getAttribute(name), words = was === null ? null : translated(was);
        if (words !== null && words !== was) { node.setAttribute(name, words); keep(node, name, was, words); }
      }
    }
  };
  const giveBack = (node) => {
    for (const [name, { was, is }] of Object.entries(before.get(node) || {})) {
      if (name === "" && node.data === is) node.data = was;
      else if (name !== "" && node.getAttribute(name) === is) node.setAttribute(name, was);
    }
    before.delete(node);
  };
  const each = (node, act) => { act(node); node.childNodes.forEach((child) => each(child, act)); };
  const mend = (node) => {
    if (node.nodeType === Node.ELEMENT_NODE && node.tagName === "BUTTON" && node.closest("[data-testid=stTextInput]"))
      node.tabIndex = -1;
    if (speaks === "zh") translate(node);
  };
  const frames = ["zh", "en"].map((name) => [name, document.getElementsByClassName(`st-key-speaking_${name}`)]);
  const listen = () => {  // the frame's key says the language of the session, which a switch changes without a new page
    const [said] = frames.find(([, found]) => found.length) || [speaks];
    if (said === speaks) return;
    speaks = said;
    document.documentElement.lang = said === "zh" ? "zh-CN" : said;
    each(document.documentElement, said === "zh" ? mend : giveBack);
  };
  new MutationObserver((changes) => {
    listen();
    for (const change of changes) {
      if (change.attributeName === "class") continue;
      if (change.type === "childList") change.addedNodes.forEach((node) => each(node, mend));
      else mend(change.target);
    }
  }).observe(document.documentElement, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: [...NAMES, "class"],
  });
})();
