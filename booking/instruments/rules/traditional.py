"""Traditional characters and their simplified forms, as far as names of instruments need them.

One character for one; who writes 掃描電鏡 asks for 扫描电镜.
"""

from typing import Final

_TRADITIONAL: Final = (
    "電鏡顯掃儀譜測試計設備檢驗證質熱紅線熒螢離濃純譜採樣機應實驗課製備標準類號碼數據處"
    "圖像聲學頻網絡絡訊號資訊軟體硬碼總線車輛輪動態靜態彈簧壓縮彎強韌裂紋斷層級衝擊環境濕溫"
    "鹽霧場發無損傷聯結構組織細胞藥體蛋酶鏈條複雜龍門銑鑽鍍膜鋁鈦鋼鐵銅錫鋅鎳銀鎢釩鈷鋰鉭鈮"
    "鎂錳鉛釷鈾鑄鍛焊銲點陣裝積納微觀層間狀態價氣風壩橋樑隧導爐窯陶瓷纖維塗層顆粒徑篩塵礦"
    "巖岩產業務區縣漢陽東灣廣華園醫療顱臟麗寬窄長單雙對兩廠處與並專題認較軸輻頭見規劃"
    "範圍測繪導航雷達衛星無飛陸載荷變換傳輸開關閉環節異響應圓錐輥齒輪滾"
)
_SIMPLIFIED: Final = (
    "电镜显扫仪谱测试计设备检验证质热红线荧荧离浓纯谱采样机应实验课制备标准类号码数据处"
    "图像声学频网络络讯号资讯软体硬码总线车辆轮动态静态弹簧压缩弯强韧裂纹断层级冲击环境湿温"
    "盐雾场发无损伤联结构组织细胞药体蛋酶链条复杂龙门铣钻镀膜铝钛钢铁铜锡锌镍银钨钒钴锂钽铌"
    "镁锰铅钍铀铸锻焊焊点阵装积纳微观层间状态价气风坝桥梁隧导炉窑陶瓷纤维涂层颗粒径筛尘矿"
    "岩岩产业务区县汉阳东湾广华园医疗颅脏丽宽窄长单双对两厂处与并专题认较轴辐头见规划"
    "范围测绘导航雷达卫星无飞陆载荷变换传输开关闭环节异响应圆锥辊齿轮滚"
)
_TO_SIMPLIFIED: Final = str.maketrans(_TRADITIONAL, _SIMPLIFIED)


def simplified(text: str) -> str:
    """The text in simplified characters."""
    return text.translate(_TO_SIMPLIFIED)
