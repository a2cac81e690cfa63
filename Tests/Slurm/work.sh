# A trainer for tests: so many steps of so many seconds, a state after each, from which it goes on.
# work.sh N STEPS SECONDS MEBIBYTES
at=0
[ -z "${ABLATE_CHECKPOINT_IN:-}" ] || at=$(cat "$ABLATE_CHECKPOINT_IN/step")
[ "$4" = 0 ] || awk -v n="$4" 'BEGIN { s = sprintf("%1048576s", ""); while (i++ < n) kept[i] = s i; system("sleep 4") }' || exit 1
leave=0
trap 'leave=1' TERM
while [ $at -lt "$2" ] && [ $leave = 0 ]; do
  [ "$3" = 0 ] || sleep "$3" &
  wait $!
  at=$((at + 1))
  echo "{\"metric\": \"score\", \"step\": $at, \"value\": $((($1 * 7919 + at * 104729) % 1000))}" >>"$ABLATE_MEASUREMENTS"
  # A signal to all processes of a task may end mkdir: then there is no state to name.
  mkdir "$ABLATE_CHECKPOINT_OUT/$at" && echo $at >"$ABLATE_CHECKPOINT_OUT/$at/step" &&
    echo "{\"checkpoint\": $at}" >>"$ABLATE_MEASUREMENTS"
done
[ $at -ge "$2" ]
