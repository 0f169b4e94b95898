#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Make one throw-away set of keys for a terminal and a centre on this machine.
#
#     make_keys.sh DIR TERMINAL_ID
#
# DIR gets (keys mode 0600, PEM, on P-256 unless said otherwise):
#     ca.pem          ca.key            signs the certificates below
#     centre-tls.pem  centre-tls.key    HTTPS server: localhost, 127.0.0.1, ::1
#     centre-seal.pem centre-seal.key   records are encrypted to it (CMS, key agreement)
#     centre-sign.pem centre-sign.key   the centre signs its acknowledgements with it
#     device.pem      device.key        the terminal: CN = TERMINAL_ID, TLS client and record signer
#     centre-seal-next.pem     .key     the centre's key after centre-seal
#     centre-seal-sm2.pem      .key     records of the second suite are encrypted to it (SM2)
#     centre-seal-sm2-next.pem .key     the centre's key after centre-seal-sm2 (SM2)
#     device-sm2.pem           .key     the terminal: signs records of the second suite (SM2)
#     terminals/TERMINAL_ID-sm2.pem     the same certificate, where a centre looks for it
# A folder that already holds a complete set for TERMINAL_ID is left as it is; one that an older
# version of this script has made is completed.
set -eu

if [ $# -ne 2 ]; then
    echo "usage: $0 DIR TERMINAL_ID" >&2
    exit 2
fi
dir=$1
terminal=$2
case $terminal in
*[!0-9]* | '') echo "$0: the terminal id is 10 digits" >&2; exit 2 ;;
esac
if [ ${#terminal} -ne 10 ]; then
    echo "$0: the terminal id is 10 digits" >&2
    exit 2
fi
umask 077
mkdir -p "$dir"
cd "$dir"

version=3
if [ "$(cat complete 2>/dev/null)" = "$terminal $version" ]; then
    exit 0
fi
days=3650

# issue CURVE NAME SUBJECT SERIAL EXTENSION…
issue() {
    curve=$1
    name=$2
    subject=$3
    serial=$4
    shift 4
    openssl ecparam -name "$curve" -genkey -noout -out "$name.key"
    if [ "$curve" = SM2 ]; then
        set -- -sm3 distid:1234567812345678 "$@"
    else
        set -- -sha256 "" "$@"
    fi
    digest=$1
    identity=$2
    shift 2
    openssl req -new -key "$name.key" "$digest" ${identity:+-sigopt "$identity"} \
        -subj "$subject" -out "$name.csr"
    {
        echo "basicConstraints=critical,CA:FALSE"
        echo "subjectKeyIdentifier=hash"
        echo "authorityKeyIdentifier=keyid"
        for extension in "$@"; do
            echo "$extension"
        done
    } >"$name.ext"
    openssl x509 -req -in "$name.csr" ${identity:+-vfyopt "$identity"} -CA ca.pem -CAkey ca.key \
        -set_serial "$serial" -sha256 -days $days -extfile "$name.ext" -out "$name.pem" 2>/dev/null
    rm -f "$name.csr" "$name.ext"
}

if [ "$(cat complete 2>/dev/null)" != "$terminal" ]; then
    rm -f complete
    openssl ecparam -name prime256v1 -genkey -noout -out ca.key
    openssl req -new -x509 -key ca.key -sha256 -days $days -subj "/CN=yijian test CA" -out ca.pem \
        -addext "basicConstraints=critical,CA:TRUE" \
        -addext "keyUsage=critical,keyCertSign,cRLSign"
    issue prime256v1 centre-tls "/CN=localhost" 1 \
        "keyUsage=critical,digitalSignature" "extendedKeyUsage=serverAuth" \
        "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1"
    issue prime256v1 centre-seal "/CN=yijian centre seal" 2 "keyUsage=critical,keyAgreement"
    issue prime256v1 centre-sign "/CN=yijian centre sign" 3 "keyUsage=critical,digitalSignature"
    issue prime256v1 device "/CN=$terminal" 4 \
        "keyUsage=critical,digitalSignature" "extendedKeyUsage=clientAuth"
    echo "$terminal" >complete
fi
issue prime256v1 centre-seal-next "/CN=yijian centre seal next" 5 "keyUsage=critical,keyAgreement"
issue SM2 centre-seal-sm2 "/CN=yijian centre seal SM2" 6 "keyUsage=critical,keyEncipherment"
issue SM2 device-sm2 "/CN=$terminal" 7 "keyUsage=critical,digitalSignature"
issue SM2 centre-seal-sm2-next "/CN=yijian centre seal SM2 next" 8 "keyUsage=critical,keyEncipherment"
mkdir -p terminals
cp device-sm2.pem "terminals/$terminal-sm2.pem"
echo "$terminal $version" >complete
