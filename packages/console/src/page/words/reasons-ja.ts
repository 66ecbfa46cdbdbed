/**
 * Reasons that ours give, in Japanese: the sentence as the service writes it, with `{holes}`, and what the page says. What stands in a hole is AWS's, git's or
 * the user's own, and stays, but for one that is called `why`, which may be a reason of ours again. `rest` may be
 * nothing. A test finds those that are missing.
 */
export const reasonsJa: Readonly<Record<string, string>> = {
  // services/runner
  'The task ended with exit code {code}: {why}': 'タスクが終了コード {code} で終わりました: {why}',
  'The task ended with exit code {code}.': 'タスクが終了コード {code} で終わりました。',
  'The task was stopped: {why}': 'タスクが停止されました: {why}',
  'The task was stopped.': 'タスクが停止されました。',
  'The task was never started.': 'タスクは開始されませんでした。',
  'The task is past its deadline.': 'タスクが期限を過ぎました。',
  'The task that it shared with others ended before its turn came.':
    '他のリポジトリと共有したタスクが、順番が来る前に終わりました。',
  'ECS no longer knows the task.': 'ECS にこのタスクの記録がもうありません。',
  'No call to begin it was answered (RunTask, or of the direct carrier the fetcher), and no task came of any.':
    '開始の呼び出し(RunTask、またはdirect 方式の fetcher)にどれも応答がなく、タスクは作られませんでした。',
  'Neither of its two functions has reported an end within its time.':
    '2つの関数のどちらも、時間内に終了を報告しませんでした。',
  'The fetcher has answered no call to begin it.': 'fetcher が開始の呼び出しに応答しませんでした。',
  // services/provisioner
  "CloudFormation refused to create the endpoints' stack: {said}":
    'CloudFormation がエンドポイントのスタックの作成を拒否しました: {said}',
  'The endpoints could not be created {n} times in a row. The last time: {why}':
    'エンドポイントを {n} 回続けて作成できませんでした。最後の理由: {why}',
  'The endpoints could not be created {n} times in a row.': 'エンドポイントを {n} 回続けて作成できませんでした。',
  // services/fetcher and pusher
  'it takes longer than a function may run': '関数の実行時間の上限を超えます',
  'the push takes longer than a function may run': 'プッシュが関数の実行時間の上限を超えます',
  'the push has failed': 'プッシュに失敗しました',
  'the destination has moved': 'ミラー先が変わっていました',
  // docker
  'the mirror has failed': 'ミラーに失敗しました',
  'the destination refused {n} of the refs: {said}': 'ミラー先が {n} 個の参照を拒否しました: {said}',
  'somebody else has pushed to {ref} at the destination meanwhile; nothing of theirs was overwritten':
    'その間に別の誰かがミラー先の {ref} にプッシュしました。その内容は上書きしていません',
  '{why}; the credentials of {host} are those in {place}': '{why}(ホスト {host} の認証情報は {place} にあるものです)',
  'command {name} was ended by {signal}: {said}': 'コマンド {name} は {signal} で終了しました: {said}',
  'command {name} was ended by {signal}': 'コマンド {name} は {signal} で終了しました',
  'command {name} ended with code {code}: {said}': 'コマンド {name} は終了コード {code} で終わりました: {said}',
  'command {name} ended with code {code}': 'コマンド {name} は終了コード {code} で終わりました',
  'cannot start {program}: {said}': '{program} を開始できません: {said}',
  'command {name} succeeded': 'コマンド {name} が成功しました',
  'refs mirrored: {n}, written: {written}, deleted: {deleted}':
    '{n} 個の参照をミラーしました(書き込み {written}、削除 {deleted})',
  'time limit of {n} s is over': '制限時間の {n} 秒を過ぎました',
  // packages/relay: the source and the destination
  'the source does not accept the credentials (401){rest}': 'ミラー元が認証情報を受け付けません(401){rest}',
  'the destination does not accept the credentials (401){rest}': 'ミラー先が認証情報を受け付けません(401){rest}',
  'the source forbids this (403){rest}': 'ミラー元がアクセスを禁じています(403){rest}',
  'the destination forbids this (403){rest}': 'ミラー先がアクセスを禁じています(403){rest}',
  'there is no repository at the source {url} (404){rest}': 'ミラー元 {url} にリポジトリがありません(404){rest}',
  'there is no repository at the destination {url} (404){rest}': 'ミラー先 {url} にリポジトリがありません(404){rest}',
  'the source answered {said}': 'ミラー元の応答: {said}',
  'the destination answered {said}': 'ミラー先の応答: {said}',
  'the destination answers git with {said}': 'ミラー先の git への応答: {said}',
  "the source's ref {ref} shows no object: it is broken there; mend or delete it, or leave it out by an exclude pattern":
    'ミラー元の参照 {ref} はオブジェクトを指していません(ミラー元で壊れています)。修復または削除するか、除外パターンで外してください',
  'the source answers git with {said}': 'ミラー元の git への応答: {said}',
  'the proxy of {remote} is not a URL; in its password @ : / # are written %40 %3A %2F %23':
    '{remote} のプロキシが URL ではありません。パスワードの @ : / # は %40 %3A %2F %23 と書きます',
  'the AWS credentials have a blank, a line end or an odd character in them: copy access key, secret key and session token anew':
    'AWS 認証情報に空白、改行、または使えない文字が含まれています。アクセスキー、シークレットキー、セッショントークンをコピーし直してください',
  'the source does not answer: {said}': 'ミラー元が応答しません: {said}',
  'the source has stopped: {said}': 'ミラー元が停止しました: {said}',
  'the destination has stopped: {said}': 'ミラー先が停止しました: {said}',
  'the source cannot be opened: {said}': 'ミラー元を開けません: {said}',
  'the destination cannot be opened: {said}': 'ミラー先を開けません: {said}',
  'the source redirects, and {why}: give the address where it is':
    'ミラー元がリダイレクトしますが、{why}。実際のアドレスを指定してください',
  'the source redirects from https to http, where everybody on the way can read and change what passes: that is not followed; give the address that is meant':
    'ミラー元が https から http へリダイレクトします。経路上の誰でも内容を読み、書き換えられるため、従いません。正しいアドレスを指定してください',
  'the source answered {said}; it wants to be asked again in {n} seconds':
    'ミラー元の応答: {said}。{n} 秒後の再試行を求めています',
  'the source answered {status} in the middle of the conversation, which leads to {said}':
    'ミラー元が通信の途中で {status} を返しました。転送先: {said}',
  'the destination redirects, and {why}: give the address where it is':
    'ミラー先がリダイレクトしますが、{why}。実際のアドレスを指定してください',
  'the destination redirects from https to http, where everybody on the way can read and change what passes: that is not followed; give the address that is meant':
    'ミラー先が https から http へリダイレクトします。経路上の誰でも内容を読み、書き換えられるため、従いません。正しいアドレスを指定してください',
  'the destination answered {said}; it wants to be asked again in {n} seconds':
    'ミラー先の応答: {said}。{n} 秒後の再試行を求めています',
  'the destination answered {status} in the middle of the conversation, which leads to {said}':
    'ミラー先が通信の途中で {status} を返しました。転送先: {said}',
  "git's configuration does not let it be followed (http.followRedirects=false)":
    'git の設定(http.followRedirects=false)により従えません',
  'git would send the token on': 'git がトークンを転送先にも送ってしまうため、従えません',
  'the source redirects {said}': 'ミラー元のリダイレクトに従えません: {said}',
  'the destination redirects {said}': 'ミラー先のリダイレクトに従えません: {said}',
  'the source {url} does not speak git smart HTTP: it answers with {said}':
    'ミラー元 {url} は git の smart HTTP に対応していません(応答: {said})',
  'the destination {url} does not speak git smart HTTP: it answers with {said}':
    'ミラー先 {url} は git の smart HTTP に対応していません(応答: {said})',
  'the connection to the source failed: {said}': 'ミラー元との接続に失敗しました: {said}',
  'the connection to the source by the proxy {proxy} failed: {said}':
    'プロキシ {proxy} 経由のミラー元との接続に失敗しました: {said}',
  'the connection to the destination failed: {said}': 'ミラー先との接続に失敗しました: {said}',
  'the connection to the destination by the proxy {proxy} failed: {said}':
    'プロキシ {proxy} 経由のミラー先との接続に失敗しました: {said}',
  'the answer is encoded as {said}, which was not asked for': '応答が要求していない {said} で符号化されています',
  "git's configuration has http.{key} for {url}, which only git follows (--via git)":
    'git の設定に {url} の http.{key} があり、これに従えるのは git だけです (--via git)',
  'there are no AWS credentials for CodeCommit in {region} ({said}':
    'CodeCommit({region})用の AWS 認証情報がありません ({said}',
  'there are no AWS credentials of the profile {profile} for CodeCommit in {region} ({said}':
    'プロファイル {profile} に CodeCommit({region})用の AWS 認証情報がありません ({said}',
  'no AWS credentials for CodeCommit: {said}': 'CodeCommit 用の AWS 認証情報がありません: {said}',
  'the certificate bundle cannot be read: {said}': '証明書バンドルを読み込めません: {said}',
  'git cannot be started: {said}': 'git を開始できません: {said}',
  'source and destination are the same repository': 'ミラー元とミラー先が同じリポジトリです',
  'the source has no branches and no tags, but the destination has refs ({n}): an empty source never wipes a mirror unless mass deletion is allowed':
    'ミラー元にブランチもタグもなく、ミラー先には {n} 個の参照があります。大量削除を許可しない限り、空のミラー元でミラーを消しません',
  "{gone} of the destination's {n} refs are not in the source: so many are deleted only if mass deletion is allowed":
    'ミラー先の {n} 個の参照のうち {gone} 個がミラー元にありません。大量削除を許可しない限り、これほど多くは削除しません',
  'nothing was written: the destination has commits that the source does not have, on {said}':
    '何も書き込みませんでした。ミラー元にないコミットがミラー先にあります: {said}',
  'the source has {one} objects and the destination {other} objects: no ref can be carried over':
    'ミラー元のオブジェクト形式は {one}、ミラー先は {other} のため、参照を運べません',
  'the source has moved, or does not give {said}': 'ミラー元が変わったか、次のものを渡しません: {said}',
  'the destination misses objects of {said}': 'ミラー先に次の参照のオブジェクトが足りません: {said}',
  'the destination does not report on pushes': 'ミラー先がプッシュの結果を報告しません',
  'the destination is a shallow clone, which takes no history in slices':
    'ミラー先が浅いクローンのため、履歴を分割して送れません',
  'a mirror in slices needs temporary refs, and the destination does not allow deletions':
    '分割したミラーには一時的な参照が必要ですが、ミラー先が削除を許可していません',
  'the source gives no parts of its history in protocol v0': 'ミラー元はプロトコル v0 のため、履歴を部分的に渡せません',
  'the source gives no parts of its history': 'ミラー元は履歴を部分的に渡しません',
  'the destination does not take the temporary ref {ref}: {said}':
    'ミラー先が一時的な参照 {ref} を受け付けません: {said}',
  'the source is reached by ssh, which needs the git command':
    'ミラー元へは ssh で接続するため、git コマンドが必要です',
  'the pack is bigger than the {n} bytes that are carried so': 'パックが、この方法で運べる {n} バイトを超えています',
  '{what} failed, the credentials are not accepted: {said}':
    '{what} に失敗しました。認証情報が受け付けられません: {said}',
  '{what} failed: {said}': '{what} に失敗しました: {said}',
  // What is refused at the door
  'sourceUrl must not hold spaces, backslashes, control or other invisible characters.':
    'sourceUrl に空白、バックスラッシュ、制御文字などの見えない文字は使えません。',
  'sourceUrl must be an https, http or ssh URL, or user@host:path.':
    'sourceUrl は https、http、ssh の URL か user@host:path でなければなりません。',
  'sourceUrl must have no query and no fragment: git has no use for them, and tokens hide there.':
    'sourceUrl にクエリとフラグメントは使えません。git には不要で、トークンが紛れ込むことがあります。',
  'sourceUrl is refused: {why}.': 'sourceUrl は受け付けられません: {why}。',
  'The command "{name}" is not defined in this deployment. Defined: {known}.':
    'コマンド「{name}」はこのデプロイに定義されていません。定義済み: {known}。',
  '"{name}" is no request. Send {one} or {other}.':
    '「{name}」はリクエストではありません。{one} か {other} を送ってください。',
  'The detail of {name} breaks its contract: {said}.': '{name} の detail が形式に合っていません: {said}。',
  'The repository "{name}" is not one of this deployment\'s: add it to "repositories" of its configuration. Known: {known}.':
    'リポジトリ「{name}」はこのデプロイのものではありません。設定の "repositories" に追加してください。登録済み: {known}。',
  'The source host "{host}" is not on this deployment\'s allow-list ({known}).':
    'ミラー元のホスト「{host}」はこのデプロイの許可リスト({known})にありません。',
  'The message is not JSON.': 'メッセージが JSON ではありません。',
  'This is no request event: {said}.': 'リクエストのイベントではありません: {said}。',
  // packages/operations, when AWS or the way to it has something against the console
  'no Region is set{rest}': 'リージョンが設定されていません{rest}',
  'there are no AWS credentials{whose} ({said}): sign in, set AWS_PROFILE or AWS_ACCESS_KEY_ID, or give --profile; for a deployment on this machine start hourglass local':
    'AWS の認証情報がありません{whose}({said})。サインインするか、AWS_PROFILE か AWS_ACCESS_KEY_ID を設定するか、--profile を指定してください。このマシン上のデプロイなら hourglass local を起動してください',
  'AWS does not accept the credentials{whose} ({said}): sign in anew, and try again':
    'AWS が認証情報{whose}を受け付けません({said})。サインインし直してから、もう一度試してください',
  "AWS does not allow it ({said}): let somebody attach the deployment's policy for operators (output OperatorPolicyArn) to whoever you are":
    'AWS が許可しません({said})。デプロイの運用者用ポリシー(出力 OperatorPolicyArn)を付けてもらってください',
  "AWS does not allow {action}: the deployment's policy for operators, output OperatorPolicyArn, allows it; let somebody attach one to whoever you are":
    'AWS が {action} を許可しません。デプロイの運用者用ポリシー(出力 OperatorPolicyArn)なら許可されます。付けてもらってください',
  "AWS does not allow {action}: the deployment's policies for operators, outputs OperatorPolicyArn and OperatorReadPolicyArn, allow it; let somebody attach one to whoever you are":
    'AWS が {action} を許可しません。デプロイの運用者用ポリシー(出力 OperatorPolicyArn と OperatorReadPolicyArn)なら許可されます。付けてもらってください',
  "{where} cannot be reached ({said}): look at the Region's name, the endpoint, the network and its proxy":
    '{where} に接続できません({said})。リージョン名、エンドポイント、ネットワークとプロキシを確認してください',
  'AWS in {region} refuses ({said})': '{region} の AWS が拒否しました({said})',
  'AWS did not answer as expected ({name}): {said}': 'AWS の応答が想定と異なります({name}): {said}',
  'EventBridge does not take the event: {said}': 'EventBridge がイベントを受け付けません: {said}',
  'the deployment {name} does not know where {repository} is mirrored from: give --source URL, or add its source to "repositories" of the configuration':
    'デプロイ {name} は {repository} のミラー元を知りません。--source URL を指定するか、設定の "repositories" にミラー元を追加してください',
  'the request would be refused: {why}': 'リクエストは拒否されます: {why}',
  'messages could not be {what} ({n}): {said}': '{n} 件のメッセージを処理できませんでした({what}): {said}',
  'the messages are being moved already; look again in a minute':
    'メッセージはすでに移動中です。1分後にもう一度見てください',
  'SQS does not return the ARN of {url}': 'SQS が {url} の ARN を答えません',
  // The console's own server
  'The console answers at {address} only. If you forward a port, forward it under the same number.':
    'コンソールは {address} でのみ応答します。ポートを転送する場合は同じ番号にしてください。',
  'This console only looks. Start it with --allow-actions to act.':
    'このコンソールは閲覧専用です。操作するには --allow-actions を付けて起動してください。',
  'There is no such action, or something of it is missing.': 'そのような操作はないか、何かが足りません。',
  'from and to: at most 40 days apart': 'from と to の間は40日以内です',
  '{name} is a number': '{name} は数です',
  'The action is too long.': '操作の内容が長すぎます。',
  'The action is no JSON.': '操作が JSON ではありません。',
  'There is nothing at this address.': 'このアドレスには何もありません。',
  'Open the address that the command has printed: it holds the token.':
    'コマンドが表示したアドレスを開いてください。トークンが含まれています。',
  'Another page asked, not the console.': 'コンソールではない別のページからの要求です。',
  'An action names its origin.': '操作には要求元が必要です。',
  'An action is sent as JSON.': '操作は JSON で送ります。',
  'That is no address.': 'アドレスではありません。',
  'The console does not answer {method}.': 'コンソールは {method} に応答しません。',
  'discarded: {said}': '破棄: {said}',
};
