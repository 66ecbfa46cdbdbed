/** What a browser without the session sees, in both languages. `again`: a link of another site led here, and a reload by this page brings the cookie. */
export function notYours(again: boolean): string {
  const reload = again ? '<meta http-equiv="refresh" content="0">' : '';
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Hourglass console</title>${reload}
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"></head><body><main>
<h1>This console does not know your browser</h1>
<p>Open the address that the command has printed: it holds a token for this browser.</p>
<h1 lang="ja">このブラウザーはまだ認証されていません</h1>
<p lang="ja">コマンドが表示したアドレスを開いてください。そこにこのブラウザー用のトークンが含まれています。</p>
</main></body></html>`;
}
