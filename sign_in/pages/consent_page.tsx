// The words and the form of the consent page, where a person decides what an app may do. Routes: consent_routes.tsx.
import { AccessControl, type AccessControlProps } from "./access/access_control.tsx";
import type { AccessFields, AccessOffer } from "./access/access_fields.ts";
import { COUNT_SCRIPT_PATH } from "./access/count_script.ts";
import { Layout, type PersonBar, type Problem } from "./layout.tsx";
import type { PermissionWords } from "./access/permission_words.ts";
import { ZONE_SCRIPT_PATH, ZoneControl, type ZoneField } from "./zone_control.tsx";
import { dayWord, DURATIONS } from "./format_values.ts";

/** The page. */
export function ConsentPage(props: ConsentProps) {
  const { appName, chosen, problems = [] } = props;
  return (
    <Layout
      title={`Connect “${appName}” to Mana?`}
      problems={problems}
      bar={props.bar}
      scripts={props.count === undefined ? [ZONE_SCRIPT_PATH] : [ZONE_SCRIPT_PATH, COUNT_SCRIPT_PATH]}
    >
      <p>
        You are signed in as{" "}
        <strong>{props.email}</strong>. What the app sees leaves Mana and goes to the app.
      </p>
      <WhoAsks {...props} />
      <form method="post" action="/consent">
        <input type="hidden" name="form" value={props.form} />
        <input type="hidden" name="q" value={props.oauthQuery} />
        <AccessControl
          words={props.words}
          offer={props.offer}
          chosen={chosen}
          hint="You can change it later, under “Apps”."
          records={props.records}
          count={props.count}
          action="/consent"
        />
        <fieldset id="until" tabindex={-1}>
          <legend>Until when?</legend>
          {DURATIONS.map(({ name, words }) => (
            <label class="choice" key={name}>
              <input type="radio" name="until" value={name} checked={chosen.until === name} />
              {words}
            </label>
          ))}
        </fieldset>
        <ZoneControl chosen={chosen.zone} hint={ZONE_HINT} />
        {props.replacesOther
          ? (
            <label class="choice line">
              <input type="checkbox" name="keep" value="yes" checked={chosen.keepsOthers} />
              It is on another computer: keep my other connection as well
            </label>
          )
          : null}
        <p class="buttons">
          <button type="submit" name="answer" value="yes">Allow</button>
          <button type="submit" name="answer" value="no" class="second">Do not allow</button>
        </p>
      </form>
    </Layout>
  );
}

/** What the consent page shows. */
export interface ConsentProps extends Pick<AccessControlProps, "records" | "count"> {
  readonly offer: AccessOffer;
  readonly words: PermissionWords;
  readonly form: string;
  readonly bar: PersonBar;
  readonly oauthQuery: string;
  readonly email: string;
  readonly appName: string;
  /** Where the answer goes, in words. */
  readonly place: string;
  /** Host that vouches for the app, when it is known by a document there. */
  readonly vouchedBy: string | undefined;
  /** Whether the person connected the app before: this client, or another client of this name and place. */
  readonly known: "same" | "alike" | "new";
  /** Whether the new connection would replace a connection that is in force. */
  readonly replacesOther: boolean;
  readonly registeredAt: Date;
  readonly chosen: ConsentFields;
  readonly problems?: readonly Problem[];
}

/** The person's choice, as the form holds it. */
export interface ConsentFields extends AccessFields {
  readonly until: string;
  readonly keepsOthers: boolean;
  readonly zone: ZoneField;
}

const ZONE_HINT = "Says when “today” is. May stay empty.";

function WhoAsks({ place, vouchedBy, known, registeredAt }: ConsentProps) {
  return (
    <section aria-labelledby="who">
      <h2 id="who">Who is asking?</h2>
      <dl>
        <dt>It is at</dt>
        <dd>{place}</dd>
        <dt>Known?</dt>
        <dd>
          {known === "same"
            ? "You have connected it before."
            : known === "alike"
            ? "You have connected an app of this name and place before. What you allowed it then is ticked; only " +
              "what is sensitive you have to tick again."
            : `New: you have never connected it. Here since ${dayWord(registeredAt)}.`}
        </dd>
      </dl>
      <p>
        {vouchedBy === undefined
          ? "Any app can take any name. Go on only if you have just asked it to connect."
          : `${vouchedBy} says that this is its app. Go on only if you have just asked it to connect to Mana.`}
      </p>
    </section>
  );
}
