# SPDX-License-Identifier: GPL-3.0-or-later
#
# Read by app/run, tests/run and .ci/run: installs what packages.txt names and is not there.
# `need_packages SET…` says what it installs, asks before it uses sudo (not as root, not with CI set).

packages_table=$top/resources/packaging/packages.txt

packages_family() {
  if command -v apt-get >/dev/null; then echo debian
  elif command -v dnf >/dev/null; then echo fedora
  elif command -v pacman >/dev/null; then echo arch
  else echo unknown; fi
}

# is_package_there FAMILY PROBE PACKAGE
is_package_there() {
  case $2 in
    cmd:*) command -v "${2#cmd:}" >/dev/null ;;
    pc:*) command -v pkg-config >/dev/null && pkg-config --exists "${2#pc:}" ;;
    pkg) case $1 in
        debian) [ "$(dpkg-query -W -f '${db:Status-Status}' "$3" 2>/dev/null)" = installed ] ;;
        fedora) rpm -q "$3" >/dev/null 2>&1 ;;
        arch) pacman -Q "$3" >/dev/null 2>&1 ;;
        *) true ;;
      esac ;;
  esac
}

# Prints the packages of the sets that are missing here, one a line.
missing_packages() {
  missing_family=$1
  shift
  while read -r set probe debian fedora arch; do
    case " $* " in *" $set "*) ;; *) continue ;; esac
    case $missing_family in debian) name=$debian ;; fedora) name=$fedora ;; arch) name=$arch ;; *) name=$debian ;; esac
    [ "$name" = - ] && continue
    is_package_there "$missing_family" "$probe" "$name" || echo "$name"
  done <"$packages_table" | sort -u
}

need_packages() {
  family=$(packages_family)
  missing=$(missing_packages "$family" "$@" | tr '\n' ' ')
  [ -z "${missing% }" ] && return 0

  case $family in
    debian) install="apt-get install -y --no-install-recommends $missing" ;;
    fedora) install="dnf install -y $missing" ;;
    arch) install="pacman -S --needed --noconfirm $missing" ;;
    *)
      echo "these are missing, and this system's package manager is not known here (names as in Debian): $missing" >&2
      return 1 ;;
  esac

  echo "missing packages: $missing"
  if [ "$(id -u)" = 0 ]; then sudo=
  elif [ -n "${CI:-}" ]; then sudo="sudo -n"
  elif [ ! -t 0 ]; then
    echo "install them first: sudo $install" >&2
    return 1
  else
    sudo=sudo
    printf 'install them with “sudo %s”? [Y/n] ' "$install"
    read -r answer
    case $answer in ''|[yYjJ]*) ;; *) return 1 ;; esac
  fi

  if [ "$family" = debian ]; then
    # Nothing that is installed here may start a server of its own.
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2 || echo "apt-get update failed; going on with the lists at hand" >&2
    $sudo env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 $install >&2
  else
    $sudo $install >&2
  fi
}
