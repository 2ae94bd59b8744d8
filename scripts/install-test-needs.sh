#!/bin/sh
# Installs what the tests need beyond Node from Debian's packages when it may (root and apt-get), and otherwise names what
# is missing: the tests that need it say so and skip themselves.
set -eu

# program:package
needs="tmux:tmux unzip:unzip xz:xz-utils bzip2:bzip2 setpriv:util-linux curl:curl python3:python3-minimal haproxy:haproxy openssl:openssl skopeo:skopeo umoci:umoci busybox:busybox-static docker-registry:docker-registry /usr/lib/cni/bridge:containernetworking-plugins iptables:iptables ip:iproute2"

missing_packages=""
for need in $needs; do
  program=${need%%:*}
  command -v "$program" >/dev/null 2>&1 || missing_packages="$missing_packages ${need#*:}"
done
# Not a program but Java classes; the package brings Java with it.
[ -e /usr/share/java/zookeeper.jar ] || missing_packages="$missing_packages zookeeper"
[ -n "$missing_packages" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing for the tests:$missing_packages" >&2
  # shellcheck disable=SC2086
  if apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing_packages >/dev/null; then
    exit 0
  fi
fi
echo "Not installed, the tests that need them are skipped with a reason:$missing_packages" >&2
