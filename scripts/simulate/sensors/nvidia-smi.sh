#!/bin/sh
# SIMULATED: prints the values of a simulated mining site in the manner of nvidia-smi --query-gpu.
# In plain sh and its own words only, so that a block of twelve GPUs costs a millisecond and no process but one sleep.
values=${0%/*}/values
query= format= period_ms=
set -f

fail() { printf '%s\n' "$2"; exit "$1"; }

while [ $# -gt 0 ]; do
  case $1 in
    --query-gpu=*) query=${1#*=} ;;
    --format=*) format=${1#*=} ;;
    -lms) shift; period_ms=${1:-} ;;
    --loop-ms=*) period_ms=${1#*=} ;;
    -l) shift; period_ms=${1:-}000 ;;
    --loop=*) period_ms=${1#*=}000 ;;
    *) fail 1 "Invalid combination of input arguments. Please run 'nvidia-smi -h' for help." ;;
  esac
  shift
done
[ -n "$query" ] || fail 1 'SIMULATED: only --query-gpu=<fields> is spoken here.'
case ,$(printf %s "$format" | tr -d ' '), in *,csv,*) ;; *) fail 1 'SIMULATED: --format=csv,noheader,nounits is needed.' ;; esac
case $format in *noheader*) ;; *) fail 1 'SIMULATED: --format=csv,noheader,nounits is needed.' ;; esac
case $format in *nounits*) ;; *) fail 1 'SIMULATED: --format=csv,noheader,nounits is needed.' ;; esac
case $period_ms in *[!0-9]*) fail 1 "Invalid loop interval: $period_ms" ;; esac

columns=$(printf %s "$query" | tr ',' ' ')
lost='NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver.'

block() {
  [ -r "$values" ] || fail 9 "$lost"
  . "$values"
  # Whoever wrote the values is gone: old ones must not pass for new ones.
  [ -d "/proc/$simulator" ] || fail 9 "$lost"
  case $fault in
    refuse) fail 9 "$lost" ;;
    silent) return ;;
    garbage) printf '\001\377\376ERR!, \200\n,,,,\n'; return ;;
  esac
  for column in $columns; do
    case $known in *" $column "*) ;; *) fail 2 "Field \"$column\" is not a valid field to query." ;; esac
  done
  out= gpu=0
  while [ "$gpu" -lt "$gpus" ]; do
    line=
    for column in $columns; do
      name=$column
      while :; do case $name in *.*) name=${name%%.*}_${name#*.} ;; *) break ;; esac; done
      eval "value=\$g${gpu}_$name"
      line="$line${line:+, }$value"
    done
    out="$out$line
"
    gpu=$((gpu + 1))
  done
  if [ "$fault" = half ]; then
    half=$(( ${#out} / 2 ))
    printf '%.*s' "$half" "$out"
    exit 1
  fi
  printf %s "$out" || exit 1
}

block
[ -n "$period_ms" ] || exit 0
[ "$period_ms" -gt 0 ] || period_ms=1
pause=$((period_ms / 1000)).$(printf %03d $((period_ms % 1000)))
while :; do
  # Without our output: a reader that ends us must not wait for the pause.
  sleep "$pause" </dev/null >/dev/null 2>&1
  block
done
