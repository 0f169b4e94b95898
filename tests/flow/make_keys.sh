#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Make one throw-away set of keys for a terminal and a centre on this machine.
#
#     make_keys.sh DIR TERMINAL_ID
#
# DIR gets (keys mode 0600, everything P-256, PEM):
#     ca.pem          ca.key            signs the four certificates below
#     centre-tls.pem  centre-tls.key    HTTPS server: localhost, 127.0.0.1, ::1
#     centre-seal.pem centre-seal.key   records are encrypted to it (CMS, key agreement)
#     centre-sign.pem centre-sign.key   the centre signs its acknowledgements with it
#     device.pem      device.key        the terminal: CN = TERMINAL_ID, TLS client and record signer
# A folder that already holds a complete set for TERMINAL_ID is left as it is.
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

if [ -f complete ] && [ "$(cat complete)" = "$terminal" ]; then
    exit 0
fi
rm -f complete
days=3650

openssl ecparam -name prime256v1 -genkey -noout -out ca.key
openssl req -new -x509 -key ca.key -sha256 -days $days -subj "/CN=yijian test CA" -out ca.pem \
    -addext "basicConstraints=critical,CA:TRUE" \
    -addext "keyUsage=critical,keyCertSign,cRLSign"

# issue NAME SUBJECT SERIAL EXTENSION…
issue() {
    name=$1
    subject=$2
    serial=$3
    shift 3
    openssl ecparam -name prime256v1 -genkey -noout -out "$name.key"
    openssl req -new -key "$name.key" -sha256 -subj "$subject" -out "$name.csr"
    {
        echo "basicConstraints=critical,CA:FALSE"
        echo "subjectKeyIdentifier=hash"
        echo "authorityKeyIdentifier=keyid"
        for extension in "$@"; do
            echo "$extension"
        done
    } >"$name.ext"
    openssl x509 -req -in "$name.csr" -CA ca.pem -CAkey ca.key -set_serial "$serial" -sha256 \
        -days $days -extfile "$name.ext" -out "$name.pem" 2>/dev/null
    rm -f "$name.csr" "$name.ext"
}

issue centre-tls "/CN=localhost" 1 \
    "keyUsage=critical,digitalSignature" "extendedKeyUsage=serverAuth" \
    "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1"
issue centre-seal "/CN=yijian centre seal" 2 "keyUsage=critical,keyAgreement"
issue centre-sign "/CN=yijian centre sign" 3 "keyUsage=critical,digitalSignature"
issue device "/CN=$terminal" 4 \
    "keyUsage=critical,digitalSignature" "extendedKeyUsage=clientAuth"
echo "$terminal" >complete
