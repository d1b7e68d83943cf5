#!/usr/bin/env bash
# Runs mockserver for the action beside it: one report a format, the summary of the job, and the exit code as an output.
set -euo pipefail

mockserver="${MOCKSERVER:-$RUNNER_TEMP/mockserver/bin/mockserver}"
reports="$RUNNER_TEMP/mockserver-reports"
rm -rf "$reports"
mkdir -p "$reports"

case "$COMMAND" in
  check | verify | diff) ;;
  *)
    echo "::error::command is \"$COMMAND\"; it must be check, verify or diff"
    exit 2
    ;;
esac

words=()
while IFS= read -r word; do
  word="${word#"${word%%[![:space:]]*}"}"
  word="${word%"${word##*[![:space:]]}"}"
  if [ -n "$word" ]; then words+=("$word"); fi
done <<<"$ARGUMENTS"

if [ -z "${MOCKSERVER_CHECK_KEY:-}" ]; then unset MOCKSERVER_CHECK_KEY; fi

code=0
"$mockserver" "$COMMAND" "${words[@]}" \
  --report "sarif=$reports/report.sarif" \
  --report "junit=$reports/report.xml" \
  --report "json=$reports/report.json" \
  --report "html=$reports/report.html" \
  --report "markdown=$reports/report.md" || code=$?

{
  echo "exit-code=$code"
  echo "reports=$reports"
  if [ -s "$reports/report.sarif" ]; then echo "sarif=$reports/report.sarif"; fi
} >>"$GITHUB_OUTPUT"

if [ "$SUMMARY" = true ] && [ -s "$reports/report.md" ]; then cat "$reports/report.md" >>"$GITHUB_STEP_SUMMARY"; fi

# 1 is a verdict; anything else means that there is none.
if [ "$code" -eq 1 ] && [ "$FAIL" != true ]; then code=0; fi
exit "$code"
