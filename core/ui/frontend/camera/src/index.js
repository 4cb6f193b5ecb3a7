// Reads bar codes off the phone's camera. The decoder (ZXing as WebAssembly) is shipped: no phone must bring its own, nothing
// is loaded from elsewhere. A code that stays in view counts once; away for a moment, it counts again.
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";

const AWAY = 900;  // milliseconds out of view before the same code counts again
const OPTIONS = { formats: ["Code128", "EAN13", "EAN8", "UPCA", "UPCE", "Code39", "ITF", "QRCode"], tryHarder: true, maxNumberOfSymbols: 1 };
let ready = null;

export function prepare(wasm) {
  ready ??= prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
  return ready;
}

export async function watch(video, wasm, onCode) {
  await prepare(wasm);
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } }, audio: false,
  });
  video.srcObject = stream;
  await video.play();
  const canvas = document.createElement("canvas"), pen = canvas.getContext("2d", { willReadFrequently: true });
  let stopped = false, last = "", seen = 0;
  (async () => {
    while (!stopped) {
      if (video.videoWidth) {
        canvas.width = video.videoWidth;
        canvas.height = video.videoHeight;
        pen.drawImage(video, 0, 0);
        const found = await readBarcodes(pen.getImageData(0, 0, canvas.width, canvas.height), OPTIONS);
        const text = found.find((one) => one.isValid && one.text)?.text ?? "";
        const now = performance.now();
        if (text && !stopped) {
          if (text !== last || now - seen > AWAY) onCode(text);
          last = text;
          seen = now;
        }
      }
      await new Promise((done) => setTimeout(done, 60));
    }
  })();
  return () => {
    stopped = true;
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  };
}
