"""Records codecommit-vectors.json with the AWS CLI's own `codecommit credential-helper`, its clock set by hand.

Run where the package `awscli` is installed:  python record-codecommit-vectors.py > codecommit-vectors.json
The access keys are AWS's documentation examples; they open nothing.
"""
import contextlib
import datetime
import io
import json
import os
import sys

import awscli
import awscli.clidriver
import awscli.customizations.codecommit as codecommit

KEY = 'AKIAIOSFODNN7EXAMPLE'
SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
TOKEN = 'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGd=='
CASES = [
    ('git-codecommit.ap-northeast-1.amazonaws.com', 'v1/repos/app', None, '2026-11-23T05:00:00'),
    ('git-codecommit.us-east-1.amazonaws.com', 'v1/repos/app', TOKEN, '2026-01-02T03:04:05'),
    ('git-codecommit-fips.us-gov-west-1.amazonaws.com', 'v1/repos/my.repo_name-1', None, '2024-02-29T23:59:59'),
    ('git-codecommit.eu-central-1.amazonaws.com', 'v1/repos/' + 'r' * 100, TOKEN, '2030-12-31T00:00:00'),
    ('vpce-0123456789abcdef0-abcdefgh.git-codecommit.ap-northeast-1.vpce.amazonaws.com', 'v1/repos/app', None, '2026-11-23T05:00:01'),
    ('git-codecommit.sa-east-1.amazonaws.com:443', 'v1/repos/app', None, '2026-11-23T12:34:56'),
]


def record(host, path, token, at):
    os.environ.update(AWS_ACCESS_KEY_ID=KEY, AWS_SECRET_ACCESS_KEY=SECRET, AWS_EC2_METADATA_DISABLED='true')
    os.environ.pop('AWS_SESSION_TOKEN', None)
    if token:
        os.environ['AWS_SESSION_TOKEN'] = token
    codecommit.get_current_datetime = lambda: datetime.datetime.fromisoformat(at)
    sys.stdin = io.StringIO(f'protocol=https\nhost={host}\npath={path}\n\n')
    out = io.TextIOWrapper(io.BytesIO(), write_through=True)
    with contextlib.redirect_stdout(out):
        code = awscli.clidriver.create_clidriver().main(['codecommit', 'credential-helper', 'get'])
    assert code == 0, code
    answer = dict(line.split('=', 1) for line in out.buffer.getvalue().decode().splitlines())
    return {
        'url': f'https://{host}/{path}',
        'region': host.removeprefix('vpce-0123456789abcdef0-abcdefgh.').split('.')[1],
        'at': at + 'Z',
        'accessKeyId': KEY,
        'secretAccessKey': SECRET,
        **({'sessionToken': token} if token else {}),
        'username': answer['username'],
        'password': answer['password'],
    }


vectors = [record(*case) for case in CASES]
json.dump({'madeWith': f'awscli {awscli.__version__}, codecommit credential-helper get', 'vectors': vectors}, sys.stdout, indent=2)
print()
